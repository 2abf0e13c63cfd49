import { invalid } from "../math/invalid.ts";
import { shapeOf } from "../math/matrix.ts";
import type { FadableFold } from "./fadable.ts";
import type { MergeableFold } from "./mergeable.ts";
import { probability } from "./probability.ts";
import type { RowMeanState } from "./rowMean.ts";
import type { Scored } from "./scored.ts";

/** Predictions of which nobody knows yet what came true. */
export type Unlabelled = Pick<Scored, "prediction" | "weight">;

const actor = "expectedAccuracy()";

/**
 * The accuracy to be expected of probabilities before any label comes, if they are calibrated: the mean of the largest in each
 * row, or of max(p, 1 − p) for one column (confidence-based performance estimation). NaN before the first row.
 * @example
 * predictions$.pipe(map((prediction) => ({ prediction })), fold(rolling(1000, expectedAccuracy())));
 * @throws InvalidInputError when a prediction is no probability.
 */
export const expectedAccuracy = (): MergeableFold<Unlabelled, number, RowMeanState> &
  FadableFold<Unlabelled, number, RowMeanState> => ({
  init: () => ({ sum: 0, weight: 0 }),
  step: (state, { prediction, weight }) => {
    const { rows, cols, data } = prediction;
    if (weight && (weight.rows !== rows || weight.cols !== 1))
      throw invalid(actor, `weights of ${rows} × 1`, shapeOf(weight));
    let [sum, total] = [0, 0];
    for (let i = 0; i < rows; i++) {
      const w = weight ? weight.data[i]! : 1;
      const p = Array.from({ length: cols }, (_, j) => probability(actor, data[i * cols + j]!, i));
      sum += w * (cols === 1 ? Math.max(p[0]!, 1 - p[0]!) : Math.max(...p));
      total += w;
    }
    state.sum += sum;
    state.weight += total;
    return state;
  },
  read: ({ sum, weight }) => sum / weight,
  merge: (a, b) => ({ sum: a.sum + b.sum, weight: a.weight + b.weight }),
  fade: ({ sum, weight }, alpha) => ({ sum: sum * alpha, weight: weight * alpha }),
});
