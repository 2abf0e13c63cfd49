import type { Fold } from "../math/fold.ts";
import { knownOptions, whole } from "../math/invalid.ts";
import { aucOfBins, type BinsState } from "./aucOfBins.ts";
import { type LastScores, lastScores } from "./lastScores.ts";
import type { MergeableFold } from "./mergeable.ts";
import type { Scored } from "./scored.ts";

export type AucState = LastScores;

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
export function auc(options: { bins?: number; window?: number } = {}): Fold<Scored, number> {
  knownOptions(actor, options, ["bins", "window"]);
  const { bins, window = 10_000 } = options;
  if (bins !== undefined) return aucOfBins(actor, whole(actor, "bins", bins));
  const fold: Fold<Scored, number, AucState> = {
    ...lastScores(actor, window),
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
