import type { CsvError } from "csv-parse";
import { isAbsent, readField, unreadable } from "../adapters/columnType.ts";

/** An error of the CSV parser, with how far it had come. */
export interface CsvFault extends CsvError {
  readonly lines: number;
  readonly empty_lines: number;
  /** The index of the field. */
  readonly column: number;
}

export const isCsvFault = (error: unknown): error is CsvFault =>
  error instanceof Error && "code" in error && "empty_lines" in error;

/** What is wrong with a row that cannot be parsed; `first` is the first of the table, and `goesOn` says that it is longer than a line. */
export const faultInWords = (
  { code, column, message }: CsvFault,
  first: readonly string[] | undefined,
  goesOn: boolean,
): string => {
  const known = code === "CSV_INVALID_CLOSING_QUOTE" && goesOn ? "CLOSED_LATER" : code;
  return `${columnAt(column, first)}: ${faults[known] ?? message}`;
};

const faults: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "the quote that opens here is never closed",
  CSV_MAX_RECORD_SIZE: "the row that begins here is longer than 64 MiB; is a quote not closed?",
  CLOSED_LATER: "the quote that opens here is closed in a later line, with text behind it; is one missing?",
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: "text stands behind a closing quote",
  CSV_INVALID_CLOSING_QUOTE: "text stands behind a closing quote; within quotes, a quote is written twice",
  INVALID_OPENING_QUOTE: "a quote stands within a field that does not begin with one",
};

/** What is wrong with a row that is not as wide as the first. */
export const widthFault = (fields: readonly string[], first: readonly string[]): string | undefined => {
  const [got, expected] = [fields.length, first.length];
  if (got === expected) return undefined;
  const more = fields.some((field) => field.includes("\n"))
    ? "; it has more than one line: is a quote not closed?"
    : "";
  const what =
    got < expected
      ? `none for ${columnAt(got, first)}`
      : `field ${expected + 1} is ${JSON.stringify(fields[expected]!.slice(0, 60))}`;
  return `expects ${expected} fields, got ${got}; ${what}${more}`;
};

/** A column by its place and, if the first row seems to hold names, by that. */
const columnAt = (index: number, first: readonly string[] = []): string => {
  const names = first.map((field) => field.trim());
  const named = new Set(names).size === names.length && names.every(isWord);
  return `column ${index + 1}${named && index < names.length ? `, ${JSON.stringify(names[index])}` : ""}`;
};

const isWord = (field: string): boolean =>
  !isAbsent(field) && readField("number", field) === unreadable && readField("date", field) === unreadable;
