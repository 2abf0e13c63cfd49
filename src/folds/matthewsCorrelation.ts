import type { ConfusionState } from "./confusionCells.ts";
import { confusionCount, type ThresholdOptions } from "./confusionCount.ts";
import type { Metric } from "./metric.ts";

/**
 * The correlation of predicted and true classes (Matthews, 1975; for more than two classes Gorodkin, 2004):
 * (c·s − Σ pₖ·tₖ) / √((s² − Σ pₖ²)·(s² − Σ tₖ²)). 0 as long as there is one class alone on either side.
 */
export const matthewsCorrelation = (options: ThresholdOptions = {}): Metric<ConfusionState> =>
  confusionCount("matthewsCorrelation()", options, ({ actual: t, predicted: p, right, total: s }) => {
    const c = right.reduce((a, b) => a + b, 0);
    const spread = Math.sqrt((s * s - dot(p, p)) * (s * s - dot(t, t)));
    return spread > 0 ? (c * s - dot(p, t)) / spread : 0;
  });

/** Σ aₖ·bₖ. */
export const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, v, k) => sum + v * b[k]!, 0);
