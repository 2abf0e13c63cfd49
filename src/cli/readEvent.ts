import { unreadable } from "../adapters/columnType.ts";
import type { Label } from "../features/classes.ts";
import { cellValue, expectedOf } from "./cellValue.ts";
import { failure } from "./failure.ts";
import type { Recipe, RecipeColumn } from "./recipe.ts";
import type { Event } from "./schemaOf.ts";

/** Cells by the names of their columns. */
export type Cells = Readonly<Record<string, unknown>>;

/** The cell as a value of its column. @throws Failure that names the place, the column and the value. */
export const readCell = (where: string, { name, kind }: RecipeColumn, cells: Cells): unknown => {
  const cell = Object.hasOwn(cells, name) ? cells[name] : undefined;
  const value = cellValue(kind, cell);
  if (value !== unreadable) return value;
  throw failure(`${where}: column ${JSON.stringify(name)} expects ${expectedOf[kind]}, got ${shown(cell)}`);
};

/** What is learned from. */
export const readEvent = (where: string, { columns }: Recipe, cells: Cells): Event =>
  Object.fromEntries(columns.map((column) => [column.name, readCell(where, column, cells)]));

/** What is to be learned; undefined where it is missing. */
export const readTruth = (where: string, { target, task }: Recipe, cells: Cells): Label | undefined => {
  const value = readCell(where, target, cells);
  if (task === "classification" && value === "") return undefined;
  return value as Label | undefined;
};

const shown = (cell: unknown): string => {
  const text =
    JSON.stringify(cell, (_, value) => (typeof value === "bigint" ? String(value) : value)) ?? String(cell);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};
