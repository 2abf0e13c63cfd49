import { pipeline } from "node:stream";
import type { Info } from "csv-parse";
import type { Observable } from "rxjs";
import { invalid, inWords, knownOptions, whole } from "../math/invalid.ts";
import { fromPull } from "../streams/fromPull.ts";
import { type ByteSource, checkBytes, nameOfBytes, openBytes } from "./byteSource.ts";
import { type ColumnType, type FieldValue, readField, unreadable } from "./columnType.ts";
import {
  type BadRowOptions,
  checkRowOptions,
  type RowDelivery,
  type RowOptions,
  rowDelivery,
  rowOptions,
  rowUnlessBad,
} from "./rowDelivery.ts";

/** What the fields of a type are read as. */
export interface FieldValues {
  readonly number: number | undefined;
  readonly boolean: boolean | undefined;
  readonly date: Date | undefined;
  readonly category: string | undefined;
  readonly text: string;
}

/** A row of a table by the names of its columns: those with a type as such, all others as text. */
export type CsvRow<Types extends Readonly<Record<string, ColumnType>>> = {
  readonly [Name in keyof Types]: FieldValues[Types[Name]];
} & Readonly<Record<string, FieldValue>>;

export interface FromCsvOptions<Types extends Readonly<Record<string, ColumnType>>>
  extends RowOptions,
    BadRowOptions {
  /** What separates fields; a comma. `sniffDelimiter` finds it. */
  readonly delimiter?: string;
  /** Whether the first row holds the names of columns, as it does unless told otherwise; or the names, when it does not. */
  readonly header?: boolean | readonly string[];
  /** What columns are read as; text without it. A number, boolean, date or category that is missing is undefined. */
  readonly types?: Types;
  /** The most characters of a row; 1 Mi. */
  readonly maxRow?: number;
}

/**
 * The rows of a table in CSV, by the names of their columns, at the pace of what stands behind. Positions are numbers of rows, the
 * header apart: 1 is the first; what lies before `after` is read over.
 * @throws InvalidInputError for a field that its type cannot read, with file, line, column and value; for rows of another length
 * than the header, rows that are too long, and quotes that do not end.
 * @example fromCsv("prices.csv", { types: { price: "number", on: "date" } }).pipe(map(({ value }) => value.price))
 */
export const fromCsv = <const Types extends Readonly<Record<string, ColumnType>> = Record<never, never>>(
  source: ByteSource,
  options: FromCsvOptions<Types> = {},
): Observable<RowDelivery<CsvRow<Types>>> => {
  knownOptions("fromCsv()", options, [...rowOptions, ...own]);
  checkBytes("fromCsv()", source);
  const name = nameOfBytes(source);
  const actor = `fromCsv(${inWords(name)})`;
  checkRowOptions(actor, options);
  const { delimiter = ",", header = true, maxRow = 2 ** 20, types = {} as Types } = options;
  const { after = 0, partition = name, ahead = 64 } = options;
  whole(actor, "maxRow", maxRow);
  const typed: ReadonlyMap<string, ColumnType> = new Map(Object.entries(types));
  const parsing = {
    delimiter,
    bom: true,
    info: true,
    max_record_size: maxRow,
    relax_column_count: true,
  } as const;

  async function* rows(signal: AbortSignal): AsyncGenerator<RowDelivery<CsvRow<Types>>> {
    const { parse } = await import("csv-parse"); // only who reads CSV needs the package
    const input = await openBytes(actor, source, signal);
    const parser = parse({ ...parsing, skip_empty_lines: true });
    pipeline(input, parser, () => {}); // its errors are the parser's, too
    const leave = (): void => void parser.destroy();
    signal.addEventListener("abort", leave);
    if (signal.aborted) leave();
    let names = typeof header === "object" ? header : undefined;
    if (names) checkNames(actor, names, typed);
    let position = 0;
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      if (!names) {
        names = header === true ? record : record.map((_, i) => `column${i + 1}`);
        checkNames(actor, names, typed);
        if (header === true) continue;
      }
      if (++position <= after) continue;
      const row = rowUnlessBad(options, record, () => rowOf(actor, record, names!, typed, info.lines));
      if (row) yield rowDelivery(partition, position, row.value as CsvRow<Types>);
    }
  }
  return fromPull(
    async function* (signal) {
      try {
        yield* rows(signal);
      } catch (error) {
        const { code } = error as { code?: string };
        throw code?.startsWith("CSV_") ? invalid(actor, "rows of CSV", (error as Error).message) : error;
      }
    },
    { ahead },
  );
};

const own = ["delimiter", "header", "types", "maxRow", "onInvalid", "rejected"] as const;

const checkNames = (
  actor: string,
  names: readonly string[],
  typed: ReadonlyMap<string, ColumnType>,
): void => {
  for (const name of typed.keys())
    if (!names.includes(name)) throw invalid(actor, `a column named ${inWords(name)}`, names.join(", "));
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw invalid(actor, "columns with different names", `${inWords(twice)} twice`);
};

const rowOf = (
  actor: string,
  record: readonly string[],
  names: readonly string[],
  typed: ReadonlyMap<string, ColumnType>,
  line: number,
): Readonly<Record<string, FieldValue>> => {
  if (record.length !== names.length)
    throw invalid(actor, `${names.length} fields in line ${line}`, String(record.length));
  return Object.fromEntries(
    names.map((name, i) => {
      const type = typed.get(name) ?? "text";
      const value = readField(type, record[i]!);
      if (value === unreadable) {
        const where = `column ${inWords(name)} of line ${line}`;
        throw invalid(actor, `a ${type} in ${where}`, inWords(record[i]!.slice(0, 100)));
      }
      return [name, value];
    }),
  );
};
