import { finite, knownOptions } from "../math/invalid.ts";
import { actualClass, predictedClass, sameClasses } from "./classes.ts";
import type { MergeableFold } from "./mergeable.ts";
import { type RowMeanState, rowMean } from "./rowMean.ts";
import type { Scored } from "./scored.ts";

/**
 * The share of rows that were classified rightly; NaN before the first. One column is class 1 above the threshold
 * (use 0 for a hinge or logits); of several, the largest is the class. Targets: 0/1 or ±1, one-hot rows, or n × 1 indices.
 */
export const accuracy = (
  options: { threshold?: number } = {},
): MergeableFold<Scored, number, RowMeanState> => {
  knownOptions("accuracy()", options, ["threshold"]);
  const { threshold = 0.5 } = options;
  const actor = "accuracy()";
  finite(actor, "threshold", threshold);
  return rowMean({
    check: (scored) => sameClasses(actor, scored),
    row: (scored, i) => (predictedClass(scored, i, threshold) === actualClass(actor, scored, i) ? 1 : 0),
  });
};
