import { power } from "../math/power.ts";
import { recallsOf } from "./balancedAccuracy.ts";
import type { ConfusionState } from "./confusionCells.ts";
import { confusionCount, type ThresholdOptions } from "./confusionCount.ts";
import type { Metric } from "./metric.ts";

/** The geometric mean of the recalls of the classes that came (Kubat & Matwin, 1997): 0 if one of them was never found. */
export const geometricMean = (options: ThresholdOptions = {}): Metric<ConfusionState> =>
  confusionCount("geometricMean()", options, (counts) => {
    const recalls = recallsOf(counts);
    return power(
      recalls.reduce((a, b) => a * b, 1),
      1 / recalls.length,
    );
  });
