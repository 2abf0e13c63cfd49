import { finite, knownOptions } from "../math/invalid.ts";
import { actualClass, predictedClass, sameClasses } from "./classes.ts";
import type { ThresholdOptions } from "./confusionCount.ts";
import type { Metric } from "./metric.ts";

export interface KappaTemporalState {
  /** The class, the weight and the rightness of the first row, which nothing came before; −1 before it. */
  first: number;
  firstWeight: number;
  firstRight: number;
  /** The class of the last row. */
  last: number;
  /** Of all rows but the first: the weight, that of right predictions, and that of rows of the class of the row before. */
  weight: number;
  right: number;
  same: number;
}

const actor = "kappaTemporal()";

/**
 * How far accuracy is from that of predicting the class of the row before, κ = (p₀ − p′) / (1 − p′) (Žliobaitė et al.,
 * 2015): 1 is perfect, and what is below 0 is worse than no model. The first row, which nothing came before, counts for
 * neither. NaN when both, and −∞ when only no change, were always right.
 */
export const kappaTemporal = (options: ThresholdOptions = {}): Metric<KappaTemporalState> => {
  knownOptions(actor, options, ["threshold"]);
  const { threshold = 0.5 } = options;
  finite(actor, "threshold", threshold);
  return {
    init: () => ({ first: -1, firstWeight: 0, firstRight: 0, last: -1, weight: 0, right: 0, same: 0 }),
    step: (state, scored) => {
      sameClasses(actor, scored);
      const { prediction, weight } = scored;
      for (let i = 0; i < prediction.rows; i++) {
        const w = weight ? weight.data[i]! : 1;
        const k = actualClass(actor, scored, i);
        const right = predictedClass(scored, i, threshold) === k ? w : 0;
        if (state.first < 0) {
          state.first = k;
          state.firstWeight = w;
          state.firstRight = right;
        } else {
          state.weight += w;
          state.right += right;
          if (state.last === k) state.same += w;
        }
        state.last = k;
      }
      return state;
    },
    read: ({ weight, right, same }) => (right - same) / (weight - same),
    merge: (a, b) => {
      if (a.first < 0 || b.first < 0) return { ...(a.first < 0 ? b : a) };
      return {
        first: a.first,
        firstWeight: a.firstWeight,
        firstRight: a.firstRight,
        last: b.last,
        weight: a.weight + b.weight + b.firstWeight,
        right: a.right + b.right + b.firstRight,
        same: a.same + b.same + (a.last === b.first ? b.firstWeight : 0),
      };
    },
    fade: (state, alpha) => {
      state.weight *= alpha;
      state.right *= alpha;
      state.same *= alpha;
      return state;
    },
  };
};
