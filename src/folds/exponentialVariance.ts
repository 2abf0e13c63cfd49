import type { Fold } from "../math/fold.ts";
import { alphaOf, type Forgetting } from "./forgetting.ts";
import type { Spread } from "./variance.ts";

export interface ExponentialVarianceState {
  count: number;
  mean: number;
  variance: number;
}

/**
 * Mean, variance and deviation of numbers of which older ones count for less (Finch, 2009): d = x − μ; μ ← μ + α·d;
 * σ² ← (1 − α)·(σ² + α·d²). After the first number the variance is 0; NaN before it.
 */
export const exponentialVariance = (
  forgetting: Forgetting,
): Fold<number, Spread, ExponentialVarianceState> => {
  const alpha = alphaOf("exponentialVariance()", forgetting);
  return {
    init: () => ({ count: 0, mean: 0, variance: 0 }),
    step: (state, x) => {
      const d = state.count++ === 0 ? 0 : x - state.mean;
      state.mean = state.count === 1 ? x : state.mean + alpha * d;
      state.variance = (1 - alpha) * (state.variance + alpha * d * d);
      return state;
    },
    read: ({ count, mean, variance }) =>
      count > 0
        ? { count, mean, variance, deviation: Math.sqrt(variance) }
        : { count, mean: Number.NaN, variance: Number.NaN, deviation: Number.NaN },
  };
};
