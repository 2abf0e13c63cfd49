import { Readable } from "node:stream";
import { type CsvError, parse } from "csv-parse";
import { sniffDelimiter } from "../adapters/sniffDelimiter.ts";
import type { Bytes } from "./bytesOf.ts";
import { failure, misuse } from "./failure.ts";

/** The fields of a row, and the line on which it ends. */
export interface CsvRow {
  readonly line: number;
  readonly fields: readonly string[];
}

/** What stands between the fields: as given, where `tab` and `\t` are tabs; else what the first lines say. */
export const delimiterOf = (given: string | undefined, head: Buffer): string => {
  if (given === undefined) return sniffDelimiter(head.toString("utf8"));
  const delimiter = given === "tab" || given === "\\t" ? "\t" : given;
  if (delimiter.length !== 1)
    throw misuse(`--delimiter expects one character, or tab, got ${JSON.stringify(given)}`);
  return delimiter;
};

/** The rows of a CSV file, its header among them, all as wide as the first. @throws Failure that names the line. */
export async function* csvRows(name: string, bytes: Bytes, delimiter: string): AsyncIterable<CsvRow> {
  const options = {
    bom: true,
    delimiter,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
  } as const;
  const source = Readable.from(bytes.read());
  const parser = parse(options);
  source.on("error", (error) => parser.destroy(error));
  let width = 0;
  try {
    for await (const { record, info } of source.pipe(parser)) {
      const fields = record as readonly string[];
      const line = info.lines as number;
      if (width === 0) width = fields.length;
      if (fields.length !== width)
        throw failure(`${name}:${line}: expects ${width} fields, got ${fields.length}`);
      yield { line, fields };
    }
  } catch (error) {
    const { code, lines, message } = error as CsvError & { readonly lines?: number };
    if (typeof code !== "string" || !code.startsWith("CSV_")) throw error;
    throw failure(`${name}:${lines ?? 1}: ${faults[code] ?? message}`, { cause: error });
  } finally {
    source.destroy();
  }
}

const faults: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "a quote is opened and not closed",
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: "text stands behind a closing quote",
  CSV_INVALID_CLOSING_QUOTE: "text stands behind a closing quote; within quotes, a quote is written twice",
  INVALID_OPENING_QUOTE: "a quote stands within a field that does not begin with one",
};
