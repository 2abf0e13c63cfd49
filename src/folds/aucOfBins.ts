import { invalid } from "../math/invalid.ts";
import type { Metric } from "./metric.ts";
import { oneColumn } from "./oneColumn.ts";

export interface BinsState {
  /** The weight of positive rows in each bin, and of negative ones. */
  positives: number[];
  negatives: number[];
}

/** {@link auc} over all rows, from a histogram of scores. */
export const aucOfBins = (actor: string, bins: number): Metric<BinsState> => ({
  init: () => ({ positives: Array<number>(bins).fill(0), negatives: Array<number>(bins).fill(0) }),
  step: (state, scored) => {
    oneColumn(actor, scored);
    const { prediction, target, weight } = scored;
    for (let i = 0; i < prediction.rows; i++) {
      const score = prediction.data[i]!;
      if (!(score >= 0 && score <= 1))
        throw invalid(
          actor,
          "scores from 0 to 1 with bins; without them, any scale will do",
          `${score} in row ${i}`,
        );
      const bin = Math.min(bins - 1, Math.floor(score * bins));
      (target.data[i]! > 0.5 ? state.positives : state.negatives)[bin]! += weight ? weight.data[i]! : 1;
    }
    return state;
  },
  read: ({ positives, negatives }) => {
    let below = 0;
    let total = 0;
    let won = 0;
    for (let b = 0; b < bins; b++) {
      won += positives[b]! * (below + negatives[b]! / 2);
      below += negatives[b]!;
      total += positives[b]!;
    }
    return won / (total * below);
  },
  merge: (a, b) => ({
    positives: a.positives.map((p, i) => p + b.positives[i]!),
    negatives: a.negatives.map((n, i) => n + b.negatives[i]!),
  }),
  fade: ({ positives, negatives }, alpha) => ({
    positives: positives.map((p) => p * alpha),
    negatives: negatives.map((n) => n * alpha),
  }),
});
