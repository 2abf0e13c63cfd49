import { type ColumnType, type FieldValue, isAbsent, readField, unreadable } from "../adapters/columnType.ts";

/** The value of a cell, out of a text or out of a format that has types, in a column of this type; undefined where none is given. */
export const cellValue = (type: ColumnType, cell: unknown): FieldValue | typeof unreadable => {
  if (cell === undefined || cell === null) return undefined;
  if (typeof cell === "string") return readField(type, cell);
  if (typeof cell === "bigint") return cellValue(type, Number(cell));
  if (cell instanceof Date) return type === "date" ? cell : type === "number" ? cell.getTime() : unreadable;
  if (typeof cell === "number") return ofNumber(type, cell);
  if (typeof cell !== "boolean") return unreadable;
  if (type === "boolean") return cell;
  return type === "category" || type === "text" ? String(cell) : unreadable;
};

const ofNumber = (type: ColumnType, cell: number): FieldValue | typeof unreadable => {
  if (!Number.isFinite(cell)) return undefined;
  if (type === "number") return cell;
  if (type === "date") return new Date(cell);
  if (type === "boolean") return cell === 1 ? true : cell === 0 ? false : unreadable;
  return String(cell);
};

/** The cell of a column, undefined where a row has none; names may be those of methods that all objects have. */
export const cellOf = (cells: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(cells, name) ? cells[name] : undefined;

/** A cell as the text from which the type of its column is inferred. */
export const textOfCell = (cell: unknown): string => {
  if (cell === undefined || cell === null) return "";
  return cell instanceof Date ? cell.toISOString() : String(cell);
};

/** Of fields that are there, so many must be of a type for the others to be faults. */
const nearly = 0.9;

/** What a column is that seems to hold words: one of nearly nothing but numbers, or dates, has faults, and is to be told of them. */
export const kindOf = (type: ColumnType, fields: readonly string[]): ColumnType => {
  if (type !== "text" && type !== "category") return type;
  const present = fields.filter((field) => !isAbsent(field));
  if (present.some((field) => /^\s*[-+]?0\d/.test(field))) return type; // codes, such as those of post
  const readable = (as: ColumnType): number =>
    present.filter((field) => readField(as, field) !== unreadable).length / present.length;
  return (["number", "date"] as const).find((as) => readable(as) >= nearly) ?? type;
};

/** What a cell should have been, in words. */
export const expectedOf: Readonly<Record<ColumnType, string>> = {
  number: "a number",
  boolean: "true or false",
  date: "a date such as 2001-12-31 or 2001-12-31T23:59:00Z",
  category: "a word",
  text: "a text",
};
