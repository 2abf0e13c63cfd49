import type { Fold } from "../math/fold.ts";
import { invalid, whole } from "../math/invalid.ts";
import { aucOfBins, type BinsState } from "./aucOfBins.ts";
import type { MergeableFold } from "./mergeable.ts";
import { oneColumn } from "./oneColumn.ts";
import type { Scored } from "./scored.ts";

export interface AucState {
  /** The last rows, in a ring; `next` is where the oldest is. */
  scores: number[];
  positive: boolean[];
  weights: number[];
  next: number;
  /** Places in the ring, by rising score. */
  order: number[];
}

const actor = "auc()";

/**
 * The area under the ROC curve: the probability that a positive row scores higher than a negative one, a tie counting ½
 * (Mann & Whitney, 1947). Predictions and targets have one column; a target above ½ is positive. NaN until both have come.
 *
 * By default it is exact, for scores of any scale, over the last `window` rows. With `bins`, it is over all rows, in a
 * histogram of scores in [0, 1]: a pair of rows in the same bin counts ½, so the error is at most half the share of the
 * (positive, negative) pairs that fall into one bin; about 1 / (2·bins) if scores are spread evenly.
 */
export function auc(options: { bins: number }): MergeableFold<Scored, number, BinsState>;
export function auc(options?: { window?: number }): Fold<Scored, number, AucState>;
export function auc({
  bins,
  window = 10_000,
}: {
  bins?: number;
  window?: number;
} = {}): Fold<Scored, number> {
  if (bins !== undefined) return aucOfBins(actor, whole(actor, "bins", bins));
  whole(actor, "window", window);
  const fold: Fold<Scored, number, AucState> = {
    init: () => ({ scores: [], positive: [], weights: [], next: 0, order: [] }),
    step: (state, scored) => {
      oneColumn(actor, scored);
      const { prediction, target, weight } = scored;
      for (let i = 0; i < prediction.rows; i++) {
        const score = prediction.data[i]!;
        if (Number.isNaN(score)) throw invalid(actor, "scores that can be ordered", `NaN in row ${i}`);
        push(state, window, score, target.data[i]! > 0.5, weight ? weight.data[i]! : 1);
      }
      return state;
    },
    read: ({ order, scores, positive, weights }) => {
      let below = 0; // weight of negatives with a lower score
      let positives = 0;
      let won = 0;
      for (let i = 0; i < order.length; ) {
        const score = scores[order[i]!]!;
        let tiedPositives = 0;
        let tiedNegatives = 0;
        for (; i < order.length && scores[order[i]!] === score; i++) {
          const k = order[i]!;
          if (positive[k]) tiedPositives += weights[k]!;
          else tiedNegatives += weights[k]!;
        }
        won += tiedPositives * (below + tiedNegatives / 2);
        below += tiedNegatives;
        positives += tiedPositives;
      }
      return won / (positives * below);
    },
  };
  return fold;
}

/** Takes a row in, and out the one that leaves the window. */
export const push = (
  state: AucState,
  window: number,
  score: number,
  positive: boolean,
  weight: number,
): void => {
  const { scores, order, next: k } = state;
  if (scores.length === window) {
    let i = firstNotBelow(state, scores[k]!);
    while (order[i] !== k) i++;
    order.splice(i, 1);
  }
  scores[k] = score;
  state.positive[k] = positive;
  state.weights[k] = weight;
  state.next = (k + 1) % window;
  order.splice(firstNotBelow(state, score), 0, k);
};

/** Where in the order a score belongs: before the first that is not below it. */
const firstNotBelow = ({ order, scores }: AucState, score: number): number => {
  let from = 0;
  let to = order.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (scores[order[middle]!]! < score) from = middle + 1;
    else to = middle;
  }
  return from;
};
