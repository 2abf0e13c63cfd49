import type { Fold } from "../math/fold.ts";
import { knownOptions, whole } from "../math/invalid.ts";
import type { AucState } from "./auc.ts";
import { aucOfBins, type BinsState } from "./aucOfBins.ts";
import { lastScores } from "./lastScores.ts";
import type { MergeableFold } from "./mergeable.ts";
import type { Scored } from "./scored.ts";

const actor = "prAuc()";

/**
 * The area under the curve of precision over recall, as average precision: Σ (Rₙ − Rₙ₋₁)·Pₙ over the distinct scores, from
 * the highest down; no line is drawn between its points, which would flatter (Davis & Goadrich, 2006). Predictions and
 * targets have one column; a target above ½ is positive. NaN until a positive row has come.
 *
 * By default it is exact, for scores of any scale, over the last `window` rows. With `bins`, it is over all rows, in a
 * histogram of scores in [0, 1], in which all scores of a bin are one.
 */
export function prAuc(options: { bins: number }): MergeableFold<Scored, number, BinsState>;
export function prAuc(options?: { window?: number }): Fold<Scored, number, AucState>;
export function prAuc(options: { bins?: number; window?: number } = {}): Fold<Scored, number> {
  knownOptions(actor, options, ["bins", "window"]);
  const { bins, window = 10_000 } = options;
  if (bins !== undefined) {
    const binned: MergeableFold<Scored, number, BinsState> = {
      ...aucOfBins(actor, whole(actor, "bins", bins)),
      read: ({ positives, negatives }) => {
        const area = averagePrecision();
        for (let b = bins - 1; b >= 0; b--) area.point(positives[b]!, negatives[b]!);
        return area.value();
      },
    };
    return binned;
  }
  const exact: Fold<Scored, number, AucState> = {
    ...lastScores(actor, window),
    read: ({ order, scores, positive, weights }) => {
      const area = averagePrecision();
      for (let i = order.length - 1; i >= 0; ) {
        const score = scores[order[i]!]!;
        let positives = 0;
        let negatives = 0;
        for (; i >= 0 && scores[order[i]!] === score; i--) {
          const k = order[i]!;
          if (positive[k]) positives += weights[k]!;
          else negatives += weights[k]!;
        }
        area.point(positives, negatives);
      }
      return area.value();
    },
  };
  return exact;
}

/** Σ (Rₙ − Rₙ₋₁)·Pₙ, from the weights at each score, the highest first. */
const averagePrecision = () => {
  let right = 0;
  let wrong = 0;
  let sum = 0;
  return {
    point: (positives: number, negatives: number): void => {
      right += positives;
      wrong += negatives;
      if (positives > 0) sum += (positives * right) / (right + wrong);
    },
    value: (): number => sum / right,
  };
};
