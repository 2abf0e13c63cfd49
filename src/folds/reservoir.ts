import { knownOptions } from "../math/invalid.ts";
import { defineMemory, type MemoryOptions, type MemoryState } from "./defineMemory.ts";
import type { Memory } from "./memory.ts";
import { sourceOf } from "./sourceOf.ts";

/**
 * Keeps a uniform sample of all rows so far: the t-th replaces that in slot j ~ U{0, …, t − 1}, if there is such a slot
 * (Vitter, 1985: Algorithm R). O(1) a row.
 * @throws InvalidInputError when the capacity is not a whole number of at least 1.
 */
export const reservoir = (capacity: number, options: MemoryOptions = {}): Memory<MemoryState> => {
  knownOptions("reservoir()", options, ["seed"]);
  const { seed = 0 } = options;
  return defineMemory({
    source: sourceOf("reservoir", capacity, options),
    capacity,
    seed,
    own: () => ({}),
    slotFor: ({ kept, seen: t }, rng) => {
      if (kept.length < capacity) return kept.length;
      const j = rng.below(t);
      return j < capacity ? j : -1;
    },
  });
};
