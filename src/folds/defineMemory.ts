import { invalid, whole } from "../math/invalid.ts";
import { type Random, random, randomFrom } from "../math/random.ts";
import { keepRow } from "./keepRow.ts";
import type { KeptRow, Memory, Rows } from "./memory.ts";

export interface MemoryOptions {
  readonly seed?: number;
}

/** What every memory keeps. */
export interface MemoryState {
  /** The rows, by slot. */
  readonly kept: KeptRow[];
  /** The state of the random numbers. */
  random: number[];
  /** Rows offered so far. */
  seen: number;
}

/** A memory from the slot that it gives to a row; all rows are drawn alike, none twice at once. */
export const defineMemory = <Own extends object>(part: {
  readonly source: string;
  readonly capacity: number;
  readonly seed: number;
  /** What it keeps besides. */
  own(): Own;
  /** The slot for row i, which `seen` counts already; −1 if it is not to be kept. */
  slotFor(state: MemoryState & Own, rng: Random, rows: Rows, i: number): number;
}): Memory<MemoryState & Own> => {
  const { source, capacity, seed, own, slotFor } = part;
  whole(source, "capacity", capacity);
  whole(source, "seed", seed, 0);
  type State = MemoryState & Own;
  const offer = (state: State, rows: Rows, i: number): number => {
    checkRow(source, state.kept, rows);
    const rng = resume(state);
    state.seen++;
    const slot = slotFor(state, rng, rows, i);
    state.random = [...rng.state];
    if (slot >= 0) keepRow(state.kept, slot, rows, i);
    return slot;
  };
  return {
    source,
    capacity,
    init: () => ({ kept: [], random: [...random(seed).state], seen: 0, ...own() }),
    step: (state, rows) => {
      for (let i = 0; i < rows.x.rows; i++) offer(state, rows, i);
      return state;
    },
    read: ({ kept }) => structuredClone(kept),
    kept: ({ kept }) => kept,
    offer,
    sample: (state, n) => {
      const rng = resume(state);
      const slots = different(rng, state.kept.length, Math.min(n, state.kept.length));
      state.random = [...rng.state];
      return { slots };
    },
  };
};

const resume = (state: MemoryState): Random => randomFrom(Uint32Array.from(state.random));

/** n different numbers below `size`, every set of them as likely as any other (Bentley & Floyd, 1987). */
const different = (rng: Random, size: number, n: number): number[] => {
  const drawn = new Set<number>();
  for (let j = size - n; j < size; j++) {
    const t = rng.below(j + 1);
    drawn.add(drawn.has(t) ? j : t);
  }
  return [...drawn];
};

/** Refuses rows that are not as wide as those kept. */
const checkRow = (source: string, [first]: readonly KeptRow[], { x, y }: Rows): void => {
  if (first && !first.columns && first.x.length !== x.cols)
    throw invalid(source, `${first.x.length} columns in x, as before`, String(x.cols));
  if (first && first.y.length !== y.cols)
    throw invalid(source, `${first.y.length} columns in y, as before`, String(y.cols));
};
