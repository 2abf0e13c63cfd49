import { invalid } from "../math/invalid.ts";
import { shapeOf } from "../math/matrix.ts";
import type { Metric } from "./metric.ts";
import { type Moments, moments, see, seeBoth } from "./moments.ts";
import { sameShape } from "./scored.ts";

export interface R2State {
  rows: number;
  /** One a column: what the targets are, and the sum of squared errors. */
  columns: { targets: Moments; errors: number }[];
}

const actor = "r2()";

/**
 * The coefficient of determination, 1 − Σ(t − p)² / Σ(t − t̄)², the mean over columns; NaN before the second row. A
 * column whose targets are all the same counts 1 if it was met exactly and 0 otherwise, as in scikit-learn.
 */
export const r2 = (): Metric<R2State> => ({
  init: () => ({ rows: 0, columns: [] }),
  step: (state, scored) => {
    sameShape(actor, scored);
    const { prediction, target, weight } = scored;
    const { rows, cols } = prediction;
    if (state.columns.length === 0)
      state.columns = Array.from({ length: cols }, () => ({ targets: moments(), errors: 0 }));
    if (state.columns.length !== cols)
      throw invalid(actor, `${state.columns.length} columns, as before`, shapeOf(prediction));
    state.columns.forEach((column, j) => {
      for (let i = 0; i < rows; i++) {
        const w = weight ? weight.data[i]! : 1;
        const t = target.data[i * cols + j]!;
        see(column.targets, t, w);
        column.errors += w * (t - prediction.data[i * cols + j]!) ** 2;
      }
    });
    state.rows += rows;
    return state;
  },
  read: ({ rows, columns }) => {
    if (rows < 2) return Number.NaN;
    const each = columns.map(({ targets: { m2 }, errors }) =>
      m2 > 0 ? 1 - errors / m2 : errors === 0 ? 1 : 0,
    );
    return each.reduce((a, b) => a + b, 0) / columns.length;
  },
  merge: (a, b) => {
    if (a.rows === 0 || b.rows === 0) return structuredClone(a.rows === 0 ? b : a);
    if (a.columns.length !== b.columns.length)
      throw invalid(actor, `${a.columns.length} columns on both sides`, String(b.columns.length));
    return {
      rows: a.rows + b.rows,
      columns: a.columns.map(({ targets, errors }, j) => ({
        targets: seeBoth(targets, b.columns[j]!.targets),
        errors: errors + b.columns[j]!.errors,
      })),
    };
  },
  fade: (state, alpha) => {
    for (const column of state.columns) {
      column.targets.weight *= alpha;
      column.targets.m2 *= alpha;
      column.errors *= alpha;
    }
    return state;
  },
});
