import { finite, invalid } from "../math/invalid.ts";
import { actualClass, classCount, predictedClass, sameClasses } from "./classes.ts";
import type { ConfusionState } from "./confusionMatrix.ts";
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
  { threshold = 0.5 }: ThresholdOptions,
  read: (counts: ClassCounts) => number,
): Metric<ConfusionState> => {
  finite(actor, "threshold", threshold);
  return {
    init: () => ({ classes: 0, cells: [] }),
    step: (state, scored) => {
      sameClasses(actor, scored);
      const n = classCount(scored);
      if (state.classes === 0) {
        state.classes = n;
        state.cells = Array<number>(n * n).fill(0);
      }
      if (state.classes !== n) throw invalid(actor, `${state.classes} classes, as before`, String(n));
      const { prediction, weight } = scored;
      for (let i = 0; i < prediction.rows; i++) {
        const cell = actualClass(actor, scored, i) * n + predictedClass(scored, i, threshold);
        state.cells[cell]! += weight ? weight.data[i]! : 1;
      }
      return state;
    },
    read: (state) => {
      const counts = countsOf(state);
      return counts.total > 0 ? read(counts) : Number.NaN;
    },
    merge: (a, b) => {
      if (a.classes === 0 || b.classes === 0) return structuredClone(a.classes === 0 ? b : a);
      if (a.classes !== b.classes)
        throw invalid(actor, `${a.classes} classes on both sides`, String(b.classes));
      return { classes: a.classes, cells: a.cells.map((cell, k) => cell + b.cells[k]!) };
    },
    fade: (state, alpha) => {
      for (let k = 0; k < state.cells.length; k++) state.cells[k]! *= alpha;
      return state;
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
