import type { Fold } from "../math/fold.ts";
import { invalid } from "../math/invalid.ts";

/**
 * What a series was from its first position to its last, in buckets of equal width: of each the least, the largest and the
 * mean; null where nothing came.
 */
export interface Decimated {
  /** How many positions a bucket covers: a power of two. */
  span: number;
  min: (number | null)[];
  max: (number | null)[];
  mean: (number | null)[];
  count: number[];
}

/** A number of a series, and where it stands: 0, 1, 2, … */
export interface Placed {
  readonly at: number;
  readonly value: number;
}

/**
 * A fold that keeps a series of any length in no more than `capacity` buckets: when they are full, two make one. Extremes
 * stay, and series that end at the same position have the same buckets. Values that are not finite leave theirs as it is.
 * @throws InvalidInputError when the capacity is no even number of at least 2.
 */
export const decimated = (capacity: number): Fold<Placed, Decimated, Decimated> => {
  if (!(capacity >= 2 && Number.isSafeInteger(capacity / 2)))
    throw invalid("decimated()", "an even number of at least 2 as capacity", String(capacity));
  return {
    init: () => ({ span: 1, min: [], max: [], mean: [], count: [] }),
    step: (state, { at, value }) => {
      while (at >= state.span * capacity) coarsen(state);
      const bucket = Math.floor(at / state.span);
      while (state.count.length <= bucket) append(state, null, null, null, 0);
      if (Number.isFinite(value)) include(state, bucket, value);
      return state;
    },
    read: (state) => state,
  };
};

const append = (
  { min, max, mean, count }: Decimated,
  least: number | null,
  largest: number | null,
  middle: number | null,
  n: number,
): void => {
  min.push(least);
  max.push(largest);
  mean.push(middle);
  count.push(n);
};

const include = ({ min, max, mean, count }: Decimated, i: number, value: number): void => {
  const n = count[i]! + 1;
  const before = n === 1 ? value : mean[i]!;
  min[i] = n === 1 ? value : Math.min(min[i]!, value);
  max[i] = n === 1 ? value : Math.max(max[i]!, value);
  mean[i] = before + (value - before) / n;
  count[i] = n;
};

/** Makes one bucket of two. */
const coarsen = (state: Decimated): void => {
  const { min, max, mean, count } = state;
  const fine = { span: state.span, min, max, mean, count };
  Object.assign(state, { span: 2 * state.span, min: [], max: [], mean: [], count: [] });
  for (let i = 0; i < fine.count.length; i += 2) {
    const halves = [i, i + 1].filter((half) => (fine.count[half] ?? 0) > 0);
    const n = halves.reduce((sum, half) => sum + fine.count[half]!, 0);
    if (n === 0) append(state, null, null, null, 0);
    else
      append(
        state,
        Math.min(...halves.map((half) => fine.min[half]!)),
        Math.max(...halves.map((half) => fine.max[half]!)),
        halves.reduce((sum, half) => sum + (fine.mean[half]! * fine.count[half]!) / n, 0),
        n,
      );
  }
};
