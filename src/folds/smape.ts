import type { Metric } from "./metric.ts";
import { type RowMeanState, rowMean } from "./rowMean.ts";
import { sameShape } from "./scored.ts";

/**
 * The symmetric mean absolute percentage error, 2·|t − p| / (|t| + |p|), over rows and columns, from 0 to 2 (Makridakis,
 * 1993); where both are 0, there is no error. NaN before the first row.
 */
export const smape = (): Metric<RowMeanState> =>
  rowMean({
    check: (scored) => sameShape("smape()", scored),
    row: ({ prediction, target }, i) => {
      const { cols } = prediction;
      let sum = 0;
      for (let j = i * cols; j < (i + 1) * cols; j++) {
        const [p, t] = [prediction.data[j]!, target.data[j]!];
        if (p !== t) sum += (2 * Math.abs(t - p)) / (Math.abs(t) + Math.abs(p));
      }
      return sum / cols;
    },
  });
