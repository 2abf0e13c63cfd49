import type { Contest } from "../folds/promotion.ts";
import type { Scored } from "../folds/scored.ts";
import type { Batch } from "../graph/batch.ts";
import type { Fold } from "../math/fold.ts";
import { blame } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import { scoredRows } from "./scoredRows.ts";

/** The states of one metric for two learners. */
export interface Scores {
  readonly champion: unknown;
  readonly challenger: unknown;
}

/** What both score after a batch; `failed` when the metric could not score the challenger. */
export interface ScoredBoth {
  readonly scores: Scores;
  readonly reading: Contest;
  readonly failed?: unknown;
}

/** Scores two learners on the same batches. One that does not answer goes on with the champion's score: leaving out what is hard is no merit. */
export const scoring = (metric: Fold<Scored, number>) => ({
  init: (): Scores => ({ champion: metric.init(), challenger: metric.init() }),
  exchange: ({ champion, challenger }: Scores): Scores => ({ champion: challenger, challenger: champion }),
  step: (scores: Scores, batch: Batch, own: Matrix, other: Matrix | undefined): ScoredBoth => {
    const seen = batch.fresh ?? batch; // what replay adds is learned, and not scored
    const after = (state: unknown, prediction: Matrix) => metric.step(state, scoredRows(prediction, seen));
    let champion: unknown;
    try {
      champion = after(scores.champion, own);
    } catch (error) {
      throw blame("serving() in metric", error);
    }
    const lost = () => ({
      scores: { champion, challenger: structuredClone(champion) },
      reading: { champion: metric.read(champion), challenger: Number.NaN },
    });
    if (!other) return lost();
    try {
      const challenger = after(scores.challenger, other);
      const reading = { champion: metric.read(champion), challenger: metric.read(challenger) };
      return { scores: { champion, challenger }, reading };
    } catch (failed) {
      return { ...lost(), failed };
    }
  },
});
