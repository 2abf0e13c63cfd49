import { type AveragingOptions, averaging } from "./averaging.ts";
import type { ConfusionState } from "./confusionCells.ts";
import type { Metric } from "./metric.ts";

/**
 * Of what was a class, the share that was predicted as it: TP / (TP + FN). NaN as long as nothing was of it.
 * @example recall({ average: "macro" })
 */
export const recall = (options: AveragingOptions = {}): Metric<ConfusionState> =>
  averaging("recall()", options, (tp, _, fn) => tp / (tp + fn));
