import { whole } from "../math/invalid.ts";
import { type ColumnType, isAbsent, readField, unreadable } from "./columnType.ts";

/** What a column seems to be. */
export interface InferredColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** How many of the fields that were seen are missing, and how many different ones there are besides. */
  readonly missing: number;
  readonly distinct: number;
}

/** What a table seems to be. */
export interface InferredTable {
  /** Whether its first row holds the names of columns. */
  readonly header: boolean;
  readonly columns: readonly InferredColumn[];
}

export interface InferColumnsOptions {
  /** Whether the first row holds names; looked for when left out. */
  readonly header?: boolean;
  /** The most different words of a category; 50. */
  readonly maxCategories?: number;
}

/**
 * Names and types of the columns of a table, from its first rows. A column is of numbers, booleans or dates when all its fields
 * are; of categories when its words come again, on average twice; and otherwise text. Numbers with a leading zero, such as postal codes,
 * are words. The first row is a header when its fields are words, all different, and stand above numbers, or nowhere below.
 */
export const inferColumns = (
  rows: readonly (readonly string[])[],
  { header, maxCategories = 50 }: InferColumnsOptions = {},
): InferredTable => {
  whole("inferColumns()", "maxCategories", maxCategories);
  const [first = [], ...rest] = rows;
  const headed = header ?? looksLikeHeader(first, rest);
  const body = headed ? rest : rows;
  const names = headed ? first.map((name) => name.trim()) : first.map((_, i) => `column${i + 1}`);
  return { header: headed, columns: names.map((name, i) => ({ name, ...columnOf(body, i, maxCategories) })) };
};

const columnOf = (
  rows: readonly (readonly string[])[],
  index: number,
  maxCategories: number,
): Omit<InferredColumn, "name"> => {
  const fields = rows.map((row) => row[index] ?? "");
  const present = fields.filter((field) => !isAbsent(field)).map((field) => field.trim());
  const distinct = new Set(present).size;
  const missing = fields.length - present.length;
  return { type: typeOf(present, distinct, maxCategories), missing, distinct };
};

const typeOf = (present: readonly string[], distinct: number, maxCategories: number): ColumnType => {
  const all = (type: ColumnType): boolean =>
    present.length > 0 && present.every((field) => readField(type, field) !== unreadable);
  if (all("number") && !present.some((field) => /^[-+]?0\d/.test(field))) return "number";
  if (all("boolean") && present.some((field) => /[a-z]/i.test(field))) return "boolean";
  if (all("date")) return "date";
  return distinct > 0 && distinct <= maxCategories && 2 * distinct <= present.length ? "category" : "text";
};

const isWord = (field: string): boolean =>
  (["number", "date"] as const).every((type) => readField(type, field) === unreadable) && !isTruth(field);

/** Whether a field says true or false in full; x, y and t are names of columns. */
const isTruth = (field: string): boolean =>
  field.trim().length > 1 && readField("boolean", field) !== unreadable;

const looksLikeHeader = (first: readonly string[], rest: readonly (readonly string[])[]): boolean => {
  if (first.length === 0 || !first.every(isWord) || new Set(first).size < first.length) return false;
  return first.every((name, i) => rest.every((row) => row[i] !== name));
};
