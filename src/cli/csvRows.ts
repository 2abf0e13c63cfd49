import { Readable } from "node:stream";
import { type Info, type Options, parse } from "csv-parse";
import { sniffDelimiter } from "../adapters/sniffDelimiter.ts";
import { fifo } from "../streams/fifo.ts";
import type { Bytes } from "./bytesOf.ts";
import { faultInWords, isCsvFault, widthFault } from "./csvFault.ts";
import { failure, misuse } from "./failure.ts";

/** The fields of a row, and the line on which it begins. */
export interface CsvRow {
  readonly line: number;
  readonly fields: readonly string[];
}

/** What stands between the fields: as given, where `tab` and `\t` are tabs; else what the first lines say, but for commas of numbers. */
export const delimiterOf = (given: string | undefined, head: Buffer, decimalComma = false): string => {
  if (given === undefined) {
    const text = head.toString("utf8");
    return sniffDelimiter(decimalComma ? text.replace(/(?<=\d),(?=\d)/g, ".") : text);
  }
  const delimiter = given === "tab" || given === "\\t" ? "\t" : given;
  if (delimiter.length !== 1)
    throw misuse(`--delimiter expects one character, or tab, got ${JSON.stringify(given)}`);
  return delimiter;
};

/** The rows of a CSV file, its header among them, all as wide as the first. @throws Failure that names the line and the column. */
export async function* csvRows(name: string, bytes: Bytes, delimiter: string): AsyncIterable<CsvRow> {
  const parsed = fifo<CsvRow>();
  let first: readonly string[] | undefined;
  let next = 1; // the line on which the next row begins, if none is empty
  let before = { empty: 0, lines: 0 };
  const beginning = ({ empty_lines }: Pick<Info, "empty_lines">): number => next + empty_lines - before.empty;
  // as each is parsed: the parser forgets those that stand before an error in the same piece of the file
  const rowOf = (fields: readonly string[], info: Info): CsvRow => {
    first ??= fields;
    const line = beginning(info);
    next = line + fields.reduce((sum, field) => sum + breaksIn(field), 1);
    before = { empty: info.empty_lines, lines: info.lines };
    const row = { line, fields };
    parsed.push(row);
    return row;
  };
  const whole = (row: CsvRow): CsvRow => {
    const fault = widthFault(row.fields, first!);
    if (fault !== undefined) throw failure(`${name}:${row.line}: ${fault}`);
    return row;
  };
  const options: Options = {
    bom: true,
    delimiter,
    max_record_size: maxRow,
    relax_column_count: true,
    skip_empty_lines: true,
    on_record: rowOf as never, // its type knows of lists alone
  };
  const source = Readable.from(bytes.read());
  const parser = parse(options);
  source.on("error", (error) => parser.destroy(error));
  try {
    for await (const row of source.pipe(parser) as AsyncIterable<CsvRow>) {
      parsed.shift();
      yield whole(row);
    }
  } catch (error) {
    if (!isCsvFault(error)) throw error;
    for (let row = parsed.shift(); row; row = parsed.shift()) yield whole(row);
    const line = beginning(error);
    const goesOn = error.lines - before.lines > line - next + 1;
    throw failure(`${name}:${line}: ${faultInWords(error, first, goesOn)}`, { cause: error });
  } finally {
    source.destroy();
  }
}

/** Bytes of a row at most: one that is longer has a quote that is not closed. */
const maxRow = 2 ** 26;

/** How many lines a field goes on for. */
const breaksIn = (field: string): number =>
  field.includes("\n") || field.includes("\r") ? field.match(/\r\n|\n|\r/g)!.length : 0;
