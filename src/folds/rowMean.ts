import type { Metric } from "./metric.ts";
import type { Scored } from "./scored.ts";

export interface RowMeanState {
  sum: number;
  weight: number;
}

/** A metric that is a weighted mean over rows: Σ wᵢ·rowᵢ / Σ wᵢ, and then `read`. NaN before the first row. */
export const rowMean = (part: {
  check: (scored: Scored) => void;
  row: (scored: Scored, i: number) => number;
  read?: (mean: number) => number;
}): Metric<RowMeanState> => {
  const { check, row, read } = part;
  return {
    init: () => ({ sum: 0, weight: 0 }),
    step: (state, scored) => {
      check(scored);
      const { weight } = scored;
      for (let i = 0; i < scored.prediction.rows; i++) {
        const w = weight ? weight.data[i]! : 1;
        state.sum += w * row(scored, i);
        state.weight += w;
      }
      return state;
    },
    read: read ? ({ sum, weight }) => read(sum / weight) : ({ sum, weight }) => sum / weight,
    merge: (a, b) => ({ sum: a.sum + b.sum, weight: a.weight + b.weight }),
    fade: ({ sum, weight }, alpha) => ({ sum: sum * alpha, weight: weight * alpha }),
  };
};
