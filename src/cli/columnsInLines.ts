import type { RecipeColumn } from "./recipe.ts";
import { factsOf } from "./tableOf.ts";

const plural = {
  number: "numbers",
  boolean: "booleans",
  date: "dates",
  category: "categories",
  text: "texts",
} as const;

/** The names of columns, by what they hold. */
export const byKind = (columns: readonly RecipeColumn[]): ReadonlyMap<string, readonly string[]> => {
  const groups = new Map<string, string[]>();
  for (const { name, kind } of columns) groups.set(plural[kind], [...(groups.get(plural[kind]) ?? []), name]);
  return groups;
};

/** Columns as a person reads them. */
export const columnsInLines = (columns: readonly RecipeColumn[]): string =>
  factsOf(Array.from(byKind(columns), ([kind, names]) => [`  ${kind}`, names.join(", ")])).trimEnd();
