import { knownOptions } from "../math/invalid.ts";
import { type ConfusionState, confusionCells } from "./confusionCells.ts";
import type { Metric } from "./metric.ts";

/** How one column becomes a class. */
export interface ThresholdOptions {
  /** One column is class 1 above it: ½ for probabilities, 0 for logits and a hinge. */
  threshold?: number;
}

/** A confusion matrix as sums: of what was this class, of what was predicted as it, and of what was both. */
export interface ClassCounts {
  readonly actual: readonly number[];
  readonly predicted: readonly number[];
  readonly right: readonly number[];
  readonly total: number;
}

/** A metric that is read from which classes were taken for which; NaN before the first row. */
export const confusionCount = (
  actor: string,
  options: ThresholdOptions,
  read: (counts: ClassCounts) => number,
): Metric<ConfusionState> => {
  knownOptions(actor, options, ["threshold"]);
  return {
    ...confusionCells(actor, options.threshold ?? 0.5),
    read: (state) => {
      const counts = countsOf(state);
      return counts.total > 0 ? read(counts) : Number.NaN;
    },
  };
};

const countsOf = ({ classes: n, cells }: ConfusionState): ClassCounts => {
  const actual = Array<number>(n).fill(0);
  const predicted = Array<number>(n).fill(0);
  const right = Array<number>(n).fill(0);
  let total = 0;
  for (let t = 0; t < n; t++) {
    right[t] = cells[t * n + t]!;
    for (let p = 0; p < n; p++) {
      const cell = cells[t * n + p]!;
      actual[t]! += cell;
      predicted[p]! += cell;
      total += cell;
    }
  }
  return { actual, predicted, right, total };
};
