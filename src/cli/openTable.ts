import { isAbsent } from "../adapters/columnType.ts";
import { inferColumns } from "../adapters/inferColumns.ts";
import { bytesOf } from "./bytesOf.ts";
import { cellOf, kindOf, textOfCell } from "./cellValue.ts";
import { csvRows, delimiterOf } from "./csvRows.ts";
import { commaReaders, decimalComma } from "./decimalComma.ts";
import { failure } from "./failure.ts";
import { hasNames } from "./hasNames.ts";
import type { RecipeColumn } from "./recipe.ts";
import { recordRows } from "./recordRows.ts";
import { tableFormat } from "./tableFormat.ts";
import type { TableOptions } from "./tableOptions.ts";

/** A row with its cells as they stand, and the number of its line, or of itself where there are no lines. */
export interface TableRow {
  readonly line: number;
  readonly cells: Readonly<Record<string, unknown>>;
}

/** A table that is read row by row. */
export interface Table {
  readonly name: string;
  /** Whether all rows have the same columns. */
  readonly fixed: boolean;
  /** Whether it can be read again from the beginning. */
  readonly again: boolean;
  readonly columns: readonly RecipeColumn[];
  /** How many different values a column has among the first rows, and of how many. */
  distinct(column: string): { readonly values: number; readonly of: number };
  /** The words of a column among the first rows, as they stand there. */
  words(column: string): ReadonlySet<string>;
  rows(): AsyncIterable<TableRow>;
}

/** So many rows tell of what types the columns are. */
const sampled = 1000;

/**
 * Opens a table, a file or standard input as `-`, and finds out what it is made of. `known` are the columns that it is to have;
 * `named` are names that a header, if there is one, is likely to have.
 * @throws Failure for what is no table.
 */
export const openTable = async (
  path: string,
  options: TableOptions = {},
  {
    known,
    named = [],
  }: { readonly known?: readonly RecipeColumn[]; readonly named?: readonly string[] } = {},
): Promise<Table> => {
  const name = path === "-" ? "standard input" : path;
  const bytes = await bytesOf(path, name);
  const format = options.format ?? tableFormat(name, bytes.head);
  const first: TableRow[] = [];
  const limit = known ? 1 : sampled; // whose columns are known is not kept waiting
  let names: string[] = [];
  let header = false;
  let open: () => AsyncIterable<TableRow>;
  if (format === "csv") {
    const delimiter = delimiterOf(options.delimiter, bytes.head, options.decimalComma);
    const commas = options.decimalComma ?? delimiter === ";";
    const lines: { line: number; fields: readonly string[] }[] = [];
    const rows = csvRows(name, bytes, delimiter)[Symbol.asyncIterator]();
    await take(rows, lines, limit + 1);
    const fields = lines.map((row) => row.fields);
    if (fields.length === 0) throw failure(`${name} is empty; it should hold a table`);
    const likely = named.some((column) => fields[0]!.some((field) => field.trim() === column));
    header =
      options.header ??
      (known
        ? hasNames(known)
        : likely || inferColumns(commas ? fields.map((row) => row.map(decimalComma)) : fields).header);
    names = header ? fields[0]!.map((field) => field.trim()) : fields[0]!.map((_, i) => `column${i + 1}`);
    const readers = commas ? commaReaders(names, header ? fields.slice(1) : fields, known) : [];
    const read = (field: string | undefined, i: number) => field && (readers[i]?.(field) ?? field);
    const rowOf = ({ line, fields }: (typeof lines)[number]): TableRow => ({
      line,
      cells: Object.fromEntries(names.map((column, i) => [column, read(fields[i], i)])),
    });
    first.push(...lines.slice(header ? 1 : 0).map(rowOf));
    open = async function* () {
      let i = 0;
      const all = bytes.path === undefined ? joined(lines, rows) : csvRows(name, bytes, delimiter);
      for await (const row of all) if (i++ > 0 || !header) yield rowOf(row);
    };
    if (bytes.path !== undefined) await rows.return?.();
  } else {
    const read = () => recordRows(format, name, bytes);
    const rowOf = ({ line, record }: { line: number; record: TableRow["cells"] }) => ({
      line,
      cells: record,
    });
    const records: { line: number; record: TableRow["cells"] }[] = [];
    const rows = read()[Symbol.asyncIterator]();
    await take(rows, records, limit);
    first.push(...records.map(rowOf));
    names = [...new Set(records.flatMap(({ record }) => Object.keys(record)))];
    open = async function* () {
      for await (const row of bytes.path === undefined ? joined(records, rows) : read()) yield rowOf(row);
    };
    if (bytes.path !== undefined) await rows.return?.();
  }
  if (first.length === 0) throw failure(`${name} has ${header ? "names of columns, and " : ""}no rows`);
  const twice = names.find((column, i) => names.indexOf(column) !== i);
  if (twice !== undefined) throw failure(`${name}:1: two columns are named ${JSON.stringify(twice)}`);
  const texts = first.map(({ cells }) => names.map((column) => textOfCell(cellOf(cells, column))));
  const { columns } = inferColumns([names, ...texts], { header: true });
  return {
    name,
    fixed: format !== "ndjson" && format !== "json",
    again: bytes.path !== undefined,
    columns: columns.map(({ name, type }, i) => ({
      name,
      kind: kindOf(
        type,
        texts.map((row) => row[i]!),
      ),
    })),
    distinct: (column) => {
      const one = columns.find(({ name }) => name === column);
      return { values: one?.distinct ?? 0, of: texts.length - (one?.missing ?? 0) };
    },
    words: (column) => {
      const at = names.indexOf(column);
      return new Set(texts.map((row) => row[at]!.trim()).filter((text) => !isAbsent(text)));
    },
    rows: open,
  };
};

const take = async <T>(rows: AsyncIterator<T>, into: T[], count: number): Promise<void> => {
  while (into.length < count) {
    const next = await rows.next();
    if (next.done) return;
    into.push(next.value);
  }
};

/** What was looked at, and then what comes. */
async function* joined<T>(first: readonly T[], rest: AsyncIterator<T>): AsyncIterable<T> {
  yield* first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}
