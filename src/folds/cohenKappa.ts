import type { ConfusionState } from "./confusionCells.ts";
import { confusionCount, type ThresholdOptions } from "./confusionCount.ts";
import { dot } from "./matthewsCorrelation.ts";
import type { Metric } from "./metric.ts";

/**
 * How far accuracy is from that of chance with the same shares of classes, κ = (p₀ − pₑ) / (1 − pₑ) (Cohen, 1960): 1 is
 * perfect, 0 is chance. NaN as long as chance cannot fail.
 */
export const cohenKappa = (options: ThresholdOptions = {}): Metric<ConfusionState> =>
  confusionCount("cohenKappa()", options, ({ actual, predicted, right, total: s }) => {
    const p0 = right.reduce((a, b) => a + b, 0) * s;
    const pe = dot(predicted, actual);
    return (p0 - pe) / (s * s - pe);
  });
