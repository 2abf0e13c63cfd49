import type { ConfusionState } from "./confusionCells.ts";
import { type ClassCounts, confusionCount, type ThresholdOptions } from "./confusionCount.ts";
import type { Metric } from "./metric.ts";

/** The mean of the recalls of the classes that came (Brodersen et al., 2010): a rare class counts as much as a common one. */
export const balancedAccuracy = (options: ThresholdOptions = {}): Metric<ConfusionState> =>
  confusionCount("balancedAccuracy()", options, (counts) => {
    const recalls = recallsOf(counts);
    return recalls.reduce((a, b) => a + b, 0) / recalls.length;
  });

/** The recall of each class that came. */
export const recallsOf = ({ actual, right }: ClassCounts): readonly number[] =>
  right.map((tp, k) => tp / actual[k]!).filter((_, k) => actual[k]! > 0);
