import { knownOptions, whole } from "../math/invalid.ts";
import type { MergeableFold } from "./mergeable.ts";
import { type Moments, meanOf, moments, see, seeBoth } from "./moments.ts";

/** How numbers are spread. */
export interface Spread {
  readonly count: number;
  readonly mean: number;
  readonly variance: number;
  /** The square root of the variance. */
  readonly deviation: number;
}

/**
 * Count, mean, variance and deviation of numbers, in one pass and without cancellation (Welford, 1962); merges after
 * Chan, Golub & LeVeque, 1983. The variance is the population's; with `{ ddof: 1 }` it is the sample's. NaN as long as
 * there are not more numbers than `ddof`.
 */
export const variance = (options: { ddof?: number } = {}): MergeableFold<number, Spread, Moments> => {
  knownOptions("variance()", options, ["ddof"]);
  const { ddof = 0 } = options;
  whole("variance()", "ddof", ddof, 0);
  return {
    init: moments,
    step: (state, x) => {
      see(state, x);
      return state;
    },
    read: (state) => {
      const { weight: count, m2 } = state;
      const v = count > ddof ? m2 / (count - ddof) : Number.NaN;
      return { count, mean: meanOf(state), variance: v, deviation: Math.sqrt(v) };
    },
    merge: seeBoth,
  };
};
