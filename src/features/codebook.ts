import { invalid, inWords, whole } from "../math/invalid.ts";
import type { Renew } from "./field.ts";
import { murmurHash3 } from "./murmurHash3.ts";
import { type VocabularyState, vocabulary } from "./vocabulary.ts";

/**
 * How categories find their columns. `buckets`: by their hash, several in a column if need be, and nothing is kept.
 * `vocabulary`: a list, and a column for all that are not in it. `capacity`: those that come, so many at a time; when there
 * is no room the one that did not come for the longest time makes way; and a column for all that have none.
 */
export type Categories =
  | { readonly buckets: number }
  | { readonly vocabulary: readonly Category[] }
  | { readonly capacity: number };

/** Of one name whatever the type: 7 and "7" are one category. */
export type Category = string | number | boolean;

/** What a codebook learns; null if it learns nothing. */
export type CodebookState = VocabularyState<string> | null;

/** Which of `size` columns a category has. */
export interface Codebook {
  readonly size: number;
  /** The column for all that have none of their own, the last; −1 if there is no such column. */
  readonly other: number;
  names(state: CodebookState): readonly string[];
  init(): CodebookState;
  find(state: CodebookState, key: string): number;
  admit(state: CodebookState, key: string, renew: Renew): void;
}

/** Of longer ones only so many characters count, which bounds what is kept. */
const longest = 128;

/** A category's key; undefined for what is none. */
export const keyOf = (value: unknown): string | undefined => {
  if (typeof value === "string") return value.length > longest ? value.slice(0, longest) : value;
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : undefined;
  return typeof value === "boolean" ? String(value) : undefined;
};

/** Reads which kind of codebook the options ask for. @throws InvalidInputError if not for one. */
export const codebook = (actor: string, options: Categories): Codebook => {
  const asked = kinds.filter((kind) => Object.hasOwn(options, kind));
  if (asked.length !== 1)
    throw invalid(actor, `one of ${kinds.join(", ")}`, asked.join(" and ") || "none of them");
  if ("buckets" in options) return hashed(whole(actor, "buckets", options.buckets));
  if ("vocabulary" in options) return listed(actor, options.vocabulary);
  return learned(whole(actor, "capacity", options.capacity));
};

const kinds = ["buckets", "vocabulary", "capacity"] as const;

const hashed = (size: number): Codebook => ({
  size,
  other: -1,
  names: () => Array.from({ length: size }, (_, j) => `#${j}`),
  init: () => null,
  find: (_, key) => murmurHash3(key) % size,
  admit: () => {},
});

const listed = (actor: string, list: readonly Category[]): Codebook => {
  if (!Array.isArray(list) || list.length === 0)
    throw invalid(actor, "categories in vocabulary", inWords(list));
  const slots = new Map<string, number>();
  list.forEach((category, slot) => {
    const key = keyOf(category);
    if (key === undefined || slots.has(key))
      throw invalid(actor, "a vocabulary of different strings, numbers or booleans", inWords(category));
    slots.set(key, slot);
  });
  const other = list.length;
  return {
    size: other + 1,
    other,
    names: () => [...Array.from(slots.keys(), (key) => `=${key}`), ":other"],
    init: () => null,
    find: (_, key) => slots.get(key) ?? other,
    admit: () => {},
  };
};

const learned = (capacity: number): Codebook => {
  const words = vocabulary<string>(capacity);
  return {
    size: capacity + 1,
    other: capacity,
    names: (state) => [
      ...Array.from({ length: capacity }, (_, j) =>
        j < state!.keys.length ? `=${state!.keys[j]}` : `:free${j}`,
      ),
      ":other",
    ],
    init: words.init,
    find: (state, key) => {
      const slot = words.find(state!, key);
      return slot < 0 ? capacity : slot;
    },
    admit: (state, key, renew) => {
      if (words.claim(state!, key)) renew(state!.newest);
    },
  };
};
