import { invalid, knownOptions, whole } from "../math/invalid.ts";
import type { ConfusionState } from "./confusionCells.ts";
import { type ClassCounts, confusionCount, type ThresholdOptions } from "./confusionCount.ts";
import type { Metric } from "./metric.ts";

/** Of which class, or how over all of them. */
export interface AveragingOptions extends ThresholdOptions {
  /**
   * `"binary"`: of the positive class of two. `"micro"`: of the counts of all classes together. `"macro"`: the mean over
   * classes. `"weighted"`: the mean over classes, each by how much of it there was.
   */
  average?: "binary" | "micro" | "macro" | "weighted";
  /** The class that `"binary"` is about. */
  positive?: 0 | 1;
}

/**
 * A score of one class, as a fraction of its true positives, false positives and false negatives, averaged over classes.
 * NaN where there is nothing to divide by; in a mean, such a class counts 0 if it came at all, and else not.
 */
export const averaging = (
  actor: string,
  given: AveragingOptions,
  score: (tp: number, fp: number, fn: number) => number,
): Metric<ConfusionState> => {
  knownOptions(actor, given, ["average", "positive", "threshold"]);
  const { average = "binary", positive = 1, ...options } = given;
  if (!["binary", "micro", "macro", "weighted"].includes(average))
    throw invalid(actor, `"binary", "micro", "macro" or "weighted" as average`, String(average));
  if (whole(actor, "positive", positive, 0) > 1) throw invalid(actor, "0 or 1 as positive", String(positive));
  const metric = confusionCount(actor, options, (counts) => {
    if (average === "micro") return micro(counts, score);
    const scoreOf = (k: number) => {
      const tp = counts.right[k]!;
      return score(tp, counts.predicted[k]! - tp, counts.actual[k]! - tp);
    };
    if (average === "binary") return scoreOf(positive);
    let sum = 0;
    let weight = 0;
    counts.actual.forEach((actual, k) => {
      const w = average === "weighted" ? actual : actual + counts.predicted[k]! > 0 ? 1 : 0;
      const s = scoreOf(k);
      sum += w * (Number.isNaN(s) ? 0 : s);
      weight += w;
    });
    return sum / weight;
  });
  if (average !== "binary") return metric;
  return {
    ...metric,
    step: (state, scored) => {
      if (scored.prediction.cols > 2)
        throw invalid(actor, `an average ("macro", say) for more than two classes`, `"binary"`);
      return metric.step(state, scored);
    },
  };
};

const micro = (
  { right, total }: ClassCounts,
  score: (tp: number, fp: number, fn: number) => number,
): number => {
  const tp = right.reduce((a, b) => a + b, 0);
  return score(tp, total - tp, total - tp); // each wrong row is a false positive of one class, and a false negative of another
};
