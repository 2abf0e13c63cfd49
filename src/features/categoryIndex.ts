import { invalid, knownOptions } from "../math/invalid.ts";
import type { AllOptions } from "./category.ts";
import { type Categories, type Category, type CodebookState, codebook, keyOf } from "./codebook.ts";
import { defineField, type FieldState, type Missing } from "./defineField.ts";
import type { Field } from "./field.ts";

export type CategoryIndexOptions = Categories & { readonly missing?: Exclude<Missing, "mean"> };

/** A field whose one column is an index, and how many there are. */
export interface IndexField extends Field<Category, FieldState<CodebookState>, false> {
  /** What `embedding(size, width)` is to be told. */
  readonly size: number;
}

const actor = "categoryIndex()";

/**
 * A category as a whole number below `size`, in one column, for an embedding: 0 for what is missing or has no index of its
 * own, then 1, 2, … in the vocabulary's order, by hash, or as they come. With `capacity`, indices that change their meaning are
 * told as `renewedIndices`.
 * @throws InvalidInputError on options that are none of these.
 */
export const categoryIndex = (options: CategoryIndexOptions): IndexField => {
  knownOptions<Partial<AllOptions>>(actor, options, ["buckets", "vocabulary", "capacity", "missing"]);
  if ((options.missing as Missing) === "mean")
    throw invalid(actor, "one of zero, last, indicator, reject as missing", "mean, which no index is");
  const book = codebook(actor, options);
  const one: Field<Category, FieldState<CodebookState>, false> = defineField(
    {
      actor,
      expects: "a string, a finite number or a boolean",
      width: 1,
      wide: false,
      names: (prefix) => [prefix],
      parse: keyOf,
      init: book.init,
      admit: (own, key, renew) => book.admit(own, key, (slot) => renew(0, slot + 1)),
      write: (own, key, put) => {
        const at = book.find(own, key);
        put(0, at === book.other ? 0 : at + 1);
      },
    },
    options.missing,
  );
  return { ...one, size: book.other < 0 ? book.size + 1 : book.size };
};
