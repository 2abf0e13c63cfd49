import { StringDecoder } from "node:string_decoder";
import type { AsyncBuffer } from "hyparquet";
import { arrowRows } from "./arrowRows.ts";
import type { Bytes } from "./bytesOf.ts";
import { failure } from "./failure.ts";
import type { RecordRow } from "./recordRow.ts";
import type { TableFormat } from "./tableFormat.ts";

/** The rows of a table that names its columns in each row, or keeps them by name. */
export const recordRows = (format: TableFormat, name: string, bytes: Bytes): AsyncIterable<RecordRow> => {
  if (format === "ndjson") return ndjsonRows(name, bytes);
  if (format === "json") return jsonRows(name, bytes);
  return format === "parquet" ? parquetRows(name, bytes) : arrowRows(name, bytes);
};

async function* ndjsonRows(name: string, bytes: Bytes): AsyncIterable<RecordRow> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  let line = 0;
  const rowIn = (text: string): RecordRow | undefined => {
    const own = line++ === 0 ? withoutMark(text) : text;
    return own.trim() === "" ? undefined : { line, record: parsed(`${name}:${line}`, own) };
  };
  for await (const chunk of bytes.read()) {
    const lines = (rest + decoder.write(chunk)).split("\n");
    rest = lines.pop()!;
    for (const text of lines) {
      const row = rowIn(text);
      if (row) yield row;
    }
  }
  const last = rowIn(rest + decoder.end());
  if (last) yield last;
}

/** A text without the mark of its byte order, which programs of Windows put first. */
const withoutMark = (text: string): string => text.replace(/^\ufeff/, "");

async function* jsonRows(name: string, bytes: Bytes): AsyncIterable<RecordRow> {
  const list = parsedJson(name, withoutMark((await bytes.all()).toString("utf8")));
  if (!Array.isArray(list)) throw failure(`${name} expects a list of objects`);
  for (let i = 0; i < list.length; i++)
    yield { line: i + 1, record: recordOf(`${name}, row ${i + 1}`, list[i]) };
}

/** Rows that are read at a time. */
const slice = 4096;

async function* parquetRows(name: string, bytes: Bytes): AsyncIterable<RecordRow> {
  // most tables are none, and the program starts faster without
  const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } = await import("hyparquet");
  const { compressors } = await import("hyparquet-compressors");
  const file = bytes.path === undefined ? asBuffer(await bytes.all()) : await asyncBufferFromFile(bytes.path);
  const opened = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw failure(`${name} is a damaged parquet file: ${(error as Error).message}`, { cause: error });
    }
  };
  const metadata = await opened(() => parquetMetadataAsync(file));
  const rows = Number(metadata.num_rows);
  const held = metadata.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
  const damaged = (got: number): Error =>
    failure(`${name} is a damaged parquet file: it says that it has ${rows} rows, and holds ${got}`);
  if (held !== rows) throw damaged(held);
  for (let from = 0; from < rows; from += slice) {
    const to = Math.min(rows, from + slice);
    const read = { file, metadata, compressors, rowStart: from, rowEnd: to };
    const records = await opened(() => parquetReadObjects(read));
    if (records.length !== to - from) throw damaged(from + records.length);
    for (let i = 0; i < records.length; i++) yield { line: from + i + 1, record: records[i]! };
  }
}

const asBuffer = ({ buffer, byteOffset, length }: Buffer): AsyncBuffer => ({
  byteLength: length,
  slice: (from, to = length) => buffer.slice(byteOffset + from, byteOffset + to) as ArrayBuffer,
});

const parsed = (where: string, text: string): RecordRow["record"] => recordOf(where, parsedJson(where, text));

const parsedJson = (where: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw failure(`${where}: expects JSON, got ${shortened(text)}`, { cause: error });
  }
};

const recordOf = (where: string, value: unknown): RecordRow["record"] => {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as RecordRow["record"];
  throw failure(`${where}: expects an object, got ${shortened(JSON.stringify(value))}`);
};

const shortened = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
