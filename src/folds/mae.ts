import type { MergeableFold } from "./mergeable.ts";
import { type RowMeanState, rowMean } from "./rowMean.ts";
import { type Scored, sameShape } from "./scored.ts";

/** The mean absolute error, over rows and columns; NaN before the first row. */
export const mae = (): MergeableFold<Scored, number, RowMeanState> =>
  rowMean({
    check: (scored) => sameShape("mae()", scored),
    row: ({ prediction, target }, i) => {
      const { cols } = prediction;
      let sum = 0;
      for (let j = i * cols; j < (i + 1) * cols; j++) sum += Math.abs(prediction.data[j]! - target.data[j]!);
      return sum / cols;
    },
  });
