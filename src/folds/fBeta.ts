import { finite } from "../math/invalid.ts";
import { type AveragingOptions, averaging } from "./averaging.ts";
import type { ConfusionState } from "./confusionCells.ts";
import type { Metric } from "./metric.ts";

/**
 * The harmonic mean of precision and recall, of which recall counts β times as much (van Rijsbergen, 1979):
 * (1 + β²)·TP / ((1 + β²)·TP + β²·FN + FP). NaN as long as the class was neither met nor predicted.
 * @example fBeta(1, { average: "weighted" }) // F1
 */
export const fBeta = (beta = 1, options: AveragingOptions = {}): Metric<ConfusionState> => {
  const b2 = finite(actor, "beta", beta, { min: 0 }) ** 2;
  return averaging(actor, options, (tp, fp, fn) => ((1 + b2) * tp) / ((1 + b2) * tp + b2 * fn + fp));
};

const actor = "fBeta()";
