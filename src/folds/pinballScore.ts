import { invalid } from "../math/invalid.ts";
import type { Metric } from "./metric.ts";
import { type RowMeanState, rowMean } from "./rowMean.ts";
import { sameShape } from "./scored.ts";

/**
 * How good predictions of the q-quantile are (Koenker & Bassett, 1978): the mean of q·(t − p) below the target and
 * (1 − q)·(p − t) above it, over rows and columns; NaN before the first row. The loss of the same formula is `pinball`.
 */
export const pinballScore = (q: number): Metric<RowMeanState> => {
  const actor = `pinballScore(${q})`;
  if (!(q > 0 && q < 1)) throw invalid(actor, "a number between 0 and 1 as q", String(q));
  return rowMean({
    check: (scored) => sameShape(actor, scored),
    row: ({ prediction, target }, i) => {
      const { cols } = prediction;
      let sum = 0;
      for (let j = i * cols; j < (i + 1) * cols; j++) {
        const d = target.data[j]! - prediction.data[j]!;
        sum += d >= 0 ? q * d : (q - 1) * d;
      }
      return sum / cols;
    },
  });
};
