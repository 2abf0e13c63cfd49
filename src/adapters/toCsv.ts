import type { Writable } from "node:stream";
import type { MonoTypeOperatorFunction } from "rxjs";
import { invalid, inWords, knownOptions } from "../math/invalid.ts";
import { type LineSinkOptions, lineSink } from "./lineSink.ts";

export interface ToCsvOptions extends LineSinkOptions {
  /** What separates fields; a comma. */
  readonly delimiter?: string;
  /** The columns, in order; those of the first item, when left out. */
  readonly columns?: readonly string[];
  /** Whether their names come first: not where a file goes on, unless told otherwise. */
  readonly header?: boolean;
}

/**
 * Writes each item as a row of CSV, and passes it on; completes when all is written. Dates are written in ISO 8601, what is missing as
 * an empty field, and text in quotes where it must be. A file is written at once, in pieces of 64 kB.
 * @throws InvalidInputError (of the stream) for items that are no objects, or hold objects.
 * @example scores$.pipe(toCsv("scores.csv", { columns: ["at", "loss"] }))
 */
export const toCsv = <Item extends object>(
  target: string | Writable,
  options: ToCsvOptions = {},
): MonoTypeOperatorFunction<Item> => {
  knownOptions(actor, options, ["append", "capacity", "delimiter", "columns", "header"]);
  const { delimiter = ",", columns, header = options.append !== true } = options;
  if (typeof delimiter !== "string" || delimiter.length !== 1 || delimiter === '"')
    throw invalid(actor, "one character as delimiter", inWords(delimiter));
  const line = (fields: readonly unknown[]): string =>
    `${fields.map((field) => quoted(field, delimiter)).join(delimiter)}\n`;
  return lineSink(actor, target, options, () => {
    let names = columns;
    let begun = !header;
    return (item: Item) => {
      if (typeof item !== "object" || item === null) throw invalid(actor, "rows as objects", inWords(item));
      names ??= Object.keys(item);
      const row = line(names.map((name) => (item as Readonly<Record<string, unknown>>)[name]));
      const head = begun ? "" : line(names);
      begun = true;
      return head + row;
    };
  });
};

const actor = "toCsv()";

const quoted = (field: unknown, delimiter: string): string => {
  if (field === undefined || field === null) return "";
  if (typeof field === "object" && !(field instanceof Date))
    throw invalid(actor, "numbers, booleans, dates and text as fields", inWords(field));
  const text = field instanceof Date ? field.toISOString() : String(field);
  return text === "" || /["\r\n]/.test(text) || text.includes(delimiter)
    ? `"${text.replaceAll('"', '""')}"`
    : text;
};
