import { invalid } from "../math/invalid.ts";
import type { MergeableFold } from "./mergeable.ts";
import type { Scored } from "./scored.ts";
import { targetRow } from "./targetRow.ts";

export interface TargetMeanState {
  /** One a column. */
  sums: number[];
  weight: number;
}

/** The weighted mean of what came true, column by column; empty before the first row. */
export const targetMean = (
  actor: string,
  check: (t: number, row: number) => void,
): MergeableFold<Scored, readonly number[], TargetMeanState> => {
  const sameWidth = (state: TargetMeanState, width: number): void => {
    if (state.sums.length !== width)
      throw invalid(actor, `${state.sums.length} columns, as before`, String(width));
  };
  return {
    init: () => ({ sums: [], weight: 0 }),
    step: (state, scored) => {
      const { prediction, weight } = scored;
      for (let i = 0; i < prediction.rows; i++) {
        const w = weight ? weight.data[i]! : 1;
        const row = targetRow(actor, scored, i);
        if (state.sums.length === 0) state.sums = row.map(() => 0);
        sameWidth(state, row.length);
        row.forEach((t, j) => {
          check(t, i);
          state.sums[j]! += w * t;
        });
        state.weight += w;
      }
      return state;
    },
    read: ({ sums, weight }) => (weight > 0 ? sums.map((sum) => sum / weight) : []),
    merge: (a, b) => {
      if (a.sums.length === 0 || b.sums.length === 0) return structuredClone(a.sums.length === 0 ? b : a);
      sameWidth(a, b.sums.length);
      return { sums: a.sums.map((sum, j) => sum + b.sums[j]!), weight: a.weight + b.weight };
    },
  };
};
