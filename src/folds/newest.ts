import { knownOptions } from "../math/invalid.ts";
import { defineMemory, type MemoryOptions, type MemoryState } from "./defineMemory.ts";
import type { Memory } from "./memory.ts";
import { sourceOf } from "./sourceOf.ts";

/**
 * Keeps the newest rows: the sliding window of experience replay (Lin, 1992). It smooths a stream, and forgets what went
 * before the window.
 * @throws InvalidInputError when the capacity is not a whole number of at least 1.
 */
export const newest = (capacity: number, options: MemoryOptions = {}): Memory<MemoryState> => {
  knownOptions("newest()", options, ["seed"]);
  const { seed = 0 } = options;
  return defineMemory({
    source: sourceOf("newest", capacity, options),
    capacity,
    seed,
    own: () => ({}),
    slotFor: ({ seen: t }) => (t - 1) % capacity,
  });
};
