import type { Metric } from "./metric.ts";
import type { RowMeanState } from "./rowMean.ts";
import { sameShape } from "./scored.ts";

/**
 * The mean absolute error as a share of the target, |t − p| / |t|, over rows and columns: 0.1 is ten per cent. A target of
 * 0, of which there is no share, is left out; NaN before the first other.
 */
export const mape = (): Metric<RowMeanState> => ({
  init: () => ({ sum: 0, weight: 0 }),
  step: (state, scored) => {
    sameShape("mape()", scored);
    const { prediction, target, weight } = scored;
    const { rows, cols } = prediction;
    for (let i = 0; i < rows; i++) {
      const w = weight ? weight.data[i]! : 1;
      for (let j = i * cols; j < (i + 1) * cols; j++) {
        const t = target.data[j]!;
        if (t === 0) continue;
        state.sum += w * Math.abs((t - prediction.data[j]!) / t);
        state.weight += w;
      }
    }
    return state;
  },
  read: ({ sum, weight }) => sum / weight,
  merge: (a, b) => ({ sum: a.sum + b.sum, weight: a.weight + b.weight }),
  fade: (state, alpha) => {
    state.sum *= alpha;
    state.weight *= alpha;
    return state;
  },
});
