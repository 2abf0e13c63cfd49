import type { MergeableFold } from "./mergeable.ts";
import { type RowMeanState, rowMean } from "./rowMean.ts";
import { type Scored, sameShape } from "./scored.ts";

/** The root of the mean squared error, over rows and columns; NaN before the first row. */
export const rmse = (): MergeableFold<Scored, number, RowMeanState> =>
  rowMean({
    check: (scored) => sameShape("rmse()", scored),
    row: ({ prediction, target }, i) => {
      const { cols } = prediction;
      let sum = 0;
      for (let j = i * cols; j < (i + 1) * cols; j++) sum += (prediction.data[j]! - target.data[j]!) ** 2;
      return sum / cols;
    },
    read: Math.sqrt,
  });
