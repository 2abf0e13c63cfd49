import { actualClass, sameClasses } from "./classes.ts";
import type { Metric } from "./metric.ts";
import { probability } from "./probability.ts";
import { type RowMeanState, rowMean } from "./rowMean.ts";

const actor = "brier()";

/**
 * The mean squared distance of probabilities from what came true (Brier, 1950); NaN before the first row. One column:
 * (p − t)², from 0 to 1. Several: Σ (p − t)² over the columns, from 0 to 2; targets are one-hot rows, distributions, or
 * n × 1 class indices.
 * @throws InvalidInputError when a prediction or a target is no probability, such as a logit.
 */
export const brier = (): Metric<RowMeanState> =>
  rowMean({
    check: (scored) => sameClasses(actor, scored),
    row: (scored, i) => {
      const { prediction, target } = scored;
      const { cols } = prediction;
      const k = target.cols < cols ? actualClass(actor, scored, i) : -1;
      let sum = 0;
      for (let j = 0; j < cols; j++) {
        const t = k < 0 ? probability(actor, target.data[i * cols + j]!, i) : j === k ? 1 : 0;
        sum += (probability(actor, prediction.data[i * cols + j]!, i) - t) ** 2;
      }
      return sum;
    },
  });
