import type { Fold } from "../math/fold.ts";
import { invalid, whole } from "../math/invalid.ts";
import { slab } from "../math/slab.ts";

export interface LastRowsState {
  /** Numbers a row; 0 until the first. */
  width: number;
  /** The last rows, in a ring that is used again. */
  ring: number[];
  /** The row where the next one goes. */
  next: number;
}

/**
 * The last `size` rows of numbers as one row, the oldest first (time-major: x_{t−size+1} … x_t): what recurrent and
 * convolutional layers take. Zeros stand for rows from before the first. Readings are copies.
 * @throws InvalidInputError when a row is not as wide as the first; nothing has changed.
 * @example fold(over((e: Reading) => [e.celsius, e.bar], lastRows(8))); // 16 numbers
 */
export const lastRows = (size: number): Fold<ArrayLike<number>, Float64Array, LastRowsState> => {
  whole(actor, "size", size);
  const fresh = slab();
  return {
    init: () => ({ width: 0, ring: [], next: 0 }),
    step: (state, row) => {
      const { length } = row;
      if (state.width === 0) {
        state.width = length;
        state.ring = new Array<number>(size * length).fill(0);
      }
      if (length !== state.width)
        throw invalid(actor, `rows of ${state.width} numbers, as before`, String(length));
      for (let j = 0, k = state.next * length; j < length; j++, k++) state.ring[k] = row[j]!;
      state.next = (state.next + 1) % size;
      return state;
    },
    read: ({ width, ring, next }) => {
      const row = fresh(ring.length);
      for (let i = 0, k = next * width; i < row.length; i++, k = k + 1 === ring.length ? 0 : k + 1)
        row[i] = ring[k]!;
      return row;
    },
  };
};

const actor = "lastRows()";
