import { type AveragingOptions, averaging } from "./averaging.ts";
import type { ConfusionState } from "./confusionCells.ts";
import type { Metric } from "./metric.ts";

/**
 * Of what was predicted as a class, the share that was: TP / (TP + FP). NaN as long as nothing was predicted as it.
 * @example precision({ average: "macro" })
 */
export const precision = (options: AveragingOptions = {}): Metric<ConfusionState> =>
  averaging("precision()", options, (tp, fp) => tp / (tp + fp));
