import { knownOptions } from "../math/invalid.ts";
import { type Categories, type Category, type CodebookState, codebook, keyOf } from "./codebook.ts";
import { defineField, type FieldState, type Missing } from "./defineField.ts";
import type { Field } from "./field.ts";

export type CategoryOptions = Categories & {
  readonly missing?: Missing;
  /** Whether it has so many columns that rows are better written as sparse ones. */
  readonly sparse?: boolean;
};

/** Whether the options ask for sparse rows, for the compiler. */
export type IsWide<O> = O extends { readonly sparse: infer S extends boolean }
  ? S
  : "sparse" extends keyof O
    ? boolean
    : false;

const actor = "category()";

/**
 * A category, one-hot: 1 in the column of the category and 0 in the others of the field.
 *
 * - `{ buckets: 64 }`: a column by hash (MurmurHash3);
 * - `{ vocabulary: ["SFO", "OAK"] }`: a column for each, and one for all others;
 * - `{ capacity: 100 }`: a column for each that comes, and one for those that have none. The 101st takes the column of
 *   the one that did not come for the longest time, and the columns that so change their meaning are told as `renewed`.
 *   It keeps a key of up to 128 characters, and two numbers, for each.
 * @throws InvalidInputError on options that are none of these.
 */
export const category = <const O extends CategoryOptions>(
  options: O,
): Field<Category, FieldState<CodebookState>, IsWide<O>> => {
  knownOptions<Partial<AllOptions>>(actor, options, [
    "buckets",
    "vocabulary",
    "capacity",
    "missing",
    "sparse",
  ]);
  const book = codebook(actor, options);
  return defineField(
    {
      actor,
      expects: "a string, a finite number or a boolean",
      width: book.size,
      wide: (options.sparse === true) as IsWide<O>,
      names: (prefix, own) => book.names(own).map((name) => prefix + name),
      parse: keyOf,
      init: book.init,
      admit: book.admit,
      write: (own, key, put) => put(book.find(own, key), 1),
    },
    options.missing,
  );
};

/** All names at once, whichever of them go together. */
export type AllOptions = Readonly<
  Record<"buckets" | "vocabulary" | "capacity" | "missing" | "sparse", unknown>
>;
