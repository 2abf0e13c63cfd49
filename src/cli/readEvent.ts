import { unreadable } from "../adapters/columnType.ts";
import type { Label } from "../features/classes.ts";
import { cellOf, cellValue, expectedOf } from "./cellValue.ts";
import { failure } from "./failure.ts";
import type { Recipe, RecipeColumn } from "./recipe.ts";
import type { Event } from "./schemaOf.ts";

/** Cells by the names of their columns. */
export type Cells = Readonly<Record<string, unknown>>;

/** The cell as a value of its column. @throws Failure that names the place, the column and the value. */
export const readCell = (where: string, { name, kind }: RecipeColumn, cells: Cells): unknown => {
  const cell = cellOf(cells, name);
  const value = cellValue(kind, cell);
  if (value !== unreadable) return value;
  throw failure(`${where}: column ${JSON.stringify(name)} expects ${expectedOf[kind]}, got ${shown(cell)}`);
};

/** What is learned from. */
export const readEvent = (where: string, { columns }: Recipe, cells: Cells): Event =>
  Object.fromEntries(columns.map((column) => [column.name, readCell(where, column, cells)]));

/** What is predicted from; some values may be missing. @throws Failure for what names none of the columns. */
export const readAsked = (where: string, recipe: Recipe, cells: Cells): Event => {
  if (recipe.columns.some(({ name }) => Object.hasOwn(cells, name))) return readEvent(where, recipe, cells);
  const some = listed(recipe.columns.map(({ name }) => name));
  throw failure(`${where}: expects values of ${some}, got none of them but ${fieldsOf(cells)}`);
};

/** The names that stand in cells, for who has misspelt one. */
export const fieldsOf = (cells: Cells): string => {
  const names = Object.keys(cells);
  return names.length === 0 ? "{}" : listed(names.map((name) => JSON.stringify(name.slice(0, 60))));
};

const listed = (names: readonly string[]): string =>
  [...names.slice(0, 20), ...(names.length > 20 ? [`… (${names.length} in all)`] : [])].join(", ");

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
