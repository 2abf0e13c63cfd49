import { invalid, inWords, knownOptions, whole } from "../math/invalid.ts";
import { defineField, type FieldState, type Missing } from "./defineField.ts";
import type { Field } from "./field.ts";
import { type HashingOptions, hashing } from "./hashing.ts";

export interface HashedWordsOptions extends HashingOptions {
  /** Counts sequences of up to so many words too. */
  readonly ngrams?: number;
  /** Of a longer text only so many characters are read. */
  readonly maxLength?: number;
  /** The words of a text; lower-cased runs of letters and digits, unless told otherwise. */
  readonly tokenizer?: (text: string) => Iterable<string>;
  readonly missing?: Exclude<Missing, "mean">;
}

/**
 * The words of a text, counted in `size` columns by their hashes: rows are sparse, nothing is kept, and new words need no
 * place of their own. Columns and signs are those of scikit-learn's `HashingVectorizer(norm=None)`.
 * @throws InvalidInputError for sizes that are no whole numbers, and options that are none.
 */
export const hashedWords = (
  size: number,
  options: HashedWordsOptions = {},
): Field<string, FieldState<null>, true> => {
  const actor = `hashedWords(${size})`;
  knownOptions(actor, options, ["signed", "seed", "ngrams", "maxLength", "tokenizer", "missing"]);
  const { ngrams = 1, maxLength = 10_000, tokenizer = wordsOf, missing } = options;
  whole(actor, "ngrams", ngrams);
  whole(actor, "maxLength", maxLength);
  if (typeof tokenizer !== "function") throw invalid(actor, "a function as tokenizer", inWords(tokenizer));
  const add = hashing(actor, size, options);
  return defineField(
    {
      actor,
      expects: "a text",
      width: size,
      wide: true,
      names: (prefix) => Array.from({ length: size }, (_, j) => `${prefix}#${j}`),
      parse: (value) => (typeof value === "string" ? value.slice(0, maxLength) : undefined),
      init: () => null,
      write: (_, text, put) => {
        const words = [...tokenizer(text)];
        for (let n = 1; n <= ngrams; n++)
          for (let i = 0; i + n <= words.length; i++)
            add(n === 1 ? words[i]! : words.slice(i, i + n).join(" "), put);
      },
    },
    missing,
  );
};

const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
