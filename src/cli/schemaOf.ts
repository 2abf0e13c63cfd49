import { calendar } from "../features/calendar.ts";
import { category } from "../features/category.ts";
import { features } from "../features/features.ts";
import type { Field } from "../features/field.ts";
import { flag } from "../features/flag.ts";
import { hashedWords } from "../features/hashedWords.ts";
import { numeric } from "../features/numeric.ts";
import type { Schema } from "../features/schema.ts";
import type { ColumnKind, Recipe } from "./recipe.ts";

/** A row of a table by the names of its columns. */
export type Event = Readonly<Record<string, unknown>>;

/** What each kind of column becomes. */
const fields: Readonly<Record<ColumnKind, (size: number) => Field<never>>> = {
  number: () => numeric({ missing: "mean" }),
  boolean: () => flag({ missing: "indicator" }),
  date: () => calendar(),
  category: (size) => category({ capacity: size }),
  text: (size) => hashedWords(size),
};

/** How many categories, or columns of words, a column is given. */
export const sizes: Readonly<Record<ColumnKind, number>> = {
  number: 0,
  boolean: 0,
  date: 0,
  category: 50,
  text: 2 ** 12,
};

/** The schema that a recipe describes. */
export const schemaOf = ({ columns }: Recipe): Schema<Event> =>
  features<Event>()<Readonly<Record<string, Field<unknown>>>>(
    Object.fromEntries(columns.map(({ name, kind, size }) => [name, fields[kind](size) as Field<unknown>])),
  );
