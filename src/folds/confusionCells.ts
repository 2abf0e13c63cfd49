import { finite, invalid } from "../math/invalid.ts";
import { actualClass, classCount, predictedClass, sameClasses } from "./classes.ts";
import type { Metric } from "./metric.ts";

export interface ConfusionState {
  classes: number;
  /** Row-major, as the matrix. */
  cells: number[];
}

/** All of a confusion matrix but how it is read: which classes were taken for which, so many from the start or by the first rows. */
export const confusionCells = (
  actor: string,
  threshold: number,
  classes = 0,
): Omit<Metric<ConfusionState>, "read"> => {
  finite(actor, "threshold", threshold);
  const empty = (n: number): ConfusionState => ({ classes: n, cells: Array<number>(n * n).fill(0) });
  return {
    init: () => empty(classes),
    step: (before, scored) => {
      sameClasses(actor, scored);
      const n = classCount(scored);
      const state = before.classes === 0 ? empty(n) : before;
      if (state.classes !== n) throw invalid(actor, `${state.classes} classes`, String(n));
      const { prediction, weight } = scored;
      for (let i = 0; i < prediction.rows; i++) {
        const cell = actualClass(actor, scored, i) * n + predictedClass(scored, i, threshold);
        state.cells[cell]! += weight ? weight.data[i]! : 1;
      }
      return state;
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
