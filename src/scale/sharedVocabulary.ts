import type { MergeableFold } from "../folds/mergeable.ts";
import { knownOptions, whole } from "../math/invalid.ts";

export interface SharedVocabularyOptions {
  /** The most categories that get an index: 65,536. What comes later has none. */
  readonly size?: number;
}

/** What a vocabulary says. */
export interface VocabularyReading {
  readonly size: number;
  /** The index of a category, 0, 1, 2 …; undefined for one that has none, or none yet. */
  indexOf(category: string): number | undefined;
}

/**
 * The categories that workers meet, with an index for each, as one of the `statistics` of `learnFrom`: what is new travels with a worker's
 * change and gets its index when the round is closed, by the order of the log, so that it is the same for all. Until then it has none.
 * @throws InvalidInputError for a size that is none.
 * @example
 * statistics: { countries: over((event) => event.country, sharedVocabulary({ size: 256 })) }
 */
export const sharedVocabulary = (
  options: SharedVocabularyOptions = {},
): MergeableFold<string, VocabularyReading, Map<string, number>> => {
  knownOptions("sharedVocabulary()", options, ["size"]);
  const { size = 65_536 } = options;
  whole("sharedVocabulary()", "size", size);
  const add = (indices: Map<string, number>, category: string): Map<string, number> =>
    indices.has(category) || indices.size >= size ? indices : indices.set(category, indices.size);
  return {
    init: () => new Map(),
    step: add,
    read: (indices) => ({ size: indices.size, indexOf: (category) => indices.get(category) }),
    merge: (a, b) => [...b.keys()].reduce(add, new Map(a)),
  };
};
