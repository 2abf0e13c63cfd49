import { knownOptions, whole } from "../math/invalid.ts";
import type { AllOptions, CategoryOptions, IsWide } from "./category.ts";
import { type Category, type CodebookState, codebook, keyOf } from "./codebook.ts";
import { defineField, type FieldState } from "./defineField.ts";
import type { Field } from "./field.ts";

export type TagsOptions = CategoryOptions & {
  /** Of a longer list only so many are read. */
  readonly maxTags?: number;
};

const actor = "tags()";

/**
 * A list of categories, multi-hot: 1 in the column of each. Columns are found as by `category()`; in `buckets`, what
 * collides adds up. A category that stands twice counts once, and what is none is passed over; an empty list is a list.
 * @throws InvalidInputError on options that are none.
 */
export const tags = <const O extends TagsOptions>(
  options: O,
): Field<readonly Category[], FieldState<CodebookState>, IsWide<O>> => {
  knownOptions<Partial<AllOptions> & { readonly maxTags?: unknown }>(actor, options, [
    "buckets",
    "vocabulary",
    "capacity",
    "missing",
    "sparse",
    "maxTags",
  ]);
  const { maxTags = 64, missing } = options as TagsOptions;
  whole(actor, "maxTags", maxTags);
  const book = codebook(actor, options);
  return defineField(
    {
      actor,
      expects: "an array of strings, numbers or booleans",
      width: book.size,
      wide: (options.sparse === true) as IsWide<O>,
      names: (prefix, own) => book.names(own).map((name) => prefix + name),
      parse: (value) => {
        if (!Array.isArray(value)) return undefined;
        const keys = value.slice(0, maxTags).map(keyOf);
        return [...new Set(keys.filter((key) => key !== undefined))];
      },
      init: book.init,
      admit: (own, keys, renew) => {
        for (const key of keys) book.admit(own, key, renew);
      },
      write: (own, keys, put) => {
        let others = 0;
        for (const key of keys) {
          const column = book.find(own, key);
          if (column !== book.other) put(column, 1);
          else if (others++ === 0) put(column, 1);
        }
      },
    },
    missing,
  );
};
