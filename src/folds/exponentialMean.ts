import type { Fold } from "../math/fold.ts";
import { alphaOf, type Forgetting } from "./forgetting.ts";

export interface ExponentialMeanState {
  count: number;
  mean: number;
}

/**
 * The mean of numbers of which older ones count for less: μ ← μ + α·(x − μ), from the first number on; NaN before it.
 * @example
 * exponentialMean(0.05);
 * exponentialMean({ halfLife: 100 }); // numbers, not seconds
 */
export const exponentialMean = (forgetting: Forgetting): Fold<number, number, ExponentialMeanState> => {
  const alpha = alphaOf("exponentialMean()", forgetting);
  return {
    init: () => ({ count: 0, mean: 0 }),
    step: (state, x) => {
      state.mean = state.count++ === 0 ? x : state.mean + alpha * (x - state.mean);
      return state;
    },
    read: ({ count, mean }) => (count > 0 ? mean : Number.NaN),
  };
};
