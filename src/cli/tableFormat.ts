import { failure } from "./failure.ts";

/** How a table is written down. */
export type TableFormat = "csv" | "ndjson" | "json" | "parquet" | "arrow";

export const tableFormats: readonly TableFormat[] = ["csv", "ndjson", "json", "parquet", "arrow"];

/** Finds the format of a table in its first bytes, whatever its name is. @throws Failure for what is none. */
export const tableFormat = (name: string, head: Buffer): TableFormat => {
  const starts = (text: string): boolean => head.subarray(0, text.length).equals(Buffer.from(text, "latin1"));
  if (starts("PAR1")) return "parquet";
  if (starts("ARROW1") || starts("\xff\xff\xff\xff")) return "arrow";
  if (starts("\x1f\x8b")) throw failure(`${name} is compressed; unpack it: gunzip -c ${name} | rxgrad … -`);
  if (head.includes(0))
    throw failure(`${name} is no table: it holds bytes that are no text, and is no parquet or arrow file`);
  const text = textOf(name, head).trimStart();
  if (text.startsWith("{")) return "ndjson";
  return /^\[\s*[{\]]/.test(text) ? "json" : "csv";
};

const textOf = (name: string, head: Buffer): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
  } catch {
    throw failure(`${name} is not in UTF-8; convert it, such as by iconv -f latin1 -t utf-8`);
  }
};
