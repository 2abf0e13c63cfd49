import { knownOptions, whole } from "../math/invalid.ts";
import { actualClass, predictedClass, sameClasses } from "./classes.ts";
import type { Metric } from "./metric.ts";
import { probability } from "./probability.ts";

/** One number a bin, each a weighted sum over its rows. */
export interface CalibrationState {
  weight: number[];
  /** Of the probabilities. */
  claimed: number[];
  /** Of what came true. */
  came: number[];
}

const actor = "calibrationError()";

/**
 * The expected calibration error (Naeini, Cooper & Hauskrecht, 2015): rows in bins of equal width by their probability,
 * the distance of the mean probability from the share that came true, averaged over bins by their weight. NaN before the
 * first row. One column: the probability of class 1. Several: that of the predicted class, and whether it was right
 * (Guo et al., 2017).
 * @throws InvalidInputError when a prediction is no probability, such as a logit.
 */
export const calibrationError = (options: { bins?: number } = {}): Metric<CalibrationState> => {
  knownOptions(actor, options, ["bins"]);
  const { bins = 10 } = options;
  whole(actor, "bins", bins);
  const none = () => Array<number>(bins).fill(0);
  return {
    init: () => ({ weight: none(), claimed: none(), came: none() }),
    step: (state, scored) => {
      sameClasses(actor, scored);
      const { prediction, weight } = scored;
      const { cols, data } = prediction;
      for (let i = 0; i < prediction.rows; i++) {
        const w = weight ? weight.data[i]! : 1;
        const k = cols === 1 ? 1 : predictedClass(scored, i, 0);
        const p = probability(actor, data[cols === 1 ? i : i * cols + k]!, i);
        const bin = Math.min(bins - 1, Math.floor(p * bins));
        if (actualClass(actor, scored, i) === k) state.came[bin]! += w;
        state.claimed[bin]! += w * p;
        state.weight[bin]! += w;
      }
      return state;
    },
    read: ({ weight, claimed, came }) => {
      const distance = claimed.reduce((sum, p, b) => sum + Math.abs(p - came[b]!), 0);
      return distance / weight.reduce((a, b) => a + b, 0);
    },
    merge: (a, b) => ({
      weight: a.weight.map((v, k) => v + b.weight[k]!),
      claimed: a.claimed.map((v, k) => v + b.claimed[k]!),
      came: a.came.map((v, k) => v + b.came[k]!),
    }),
    fade: (state, alpha) => {
      for (let k = 0; k < bins; k++) {
        state.weight[k]! *= alpha;
        state.claimed[k]! *= alpha;
        state.came[k]! *= alpha;
      }
      return state;
    },
  };
};
