import { finite, knownOptions } from "../math/invalid.ts";
import { actualClass, predictedClass, sameClasses } from "./classes.ts";
import type { ThresholdOptions } from "./confusionCount.ts";
import type { FadableFold } from "./fadable.ts";
import type { Scored } from "./scored.ts";

export interface KappaMState {
  /** The weight of each class so far, as far as classes came. */
  classes: number[];
  /** Of all rows but the first: the weight, that of right predictions, and that of rows of the majority's class. */
  weight: number;
  right: number;
  majority: number;
}

const actor = "kappaM()";

/**
 * How far accuracy is from that of predicting the class that was most frequent until then, κ = (p₀ − p′) / (1 − p′)
 * (Bifet et al., 2015): 1 is perfect, and what is below 0 is worse than no model. Of equally frequent classes it is the
 * first. The first row, which nothing came before, counts for neither. NaN when both, and −∞ when only the majority, were
 * always right.
 */
export const kappaM = (options: ThresholdOptions = {}): FadableFold<Scored, number, KappaMState> => {
  knownOptions(actor, options, ["threshold"]);
  const { threshold = 0.5 } = options;
  finite(actor, "threshold", threshold);
  return {
    init: () => ({ classes: [], weight: 0, right: 0, majority: 0 }),
    step: (state, scored) => {
      sameClasses(actor, scored);
      const { classes } = state;
      const { prediction, weight } = scored;
      for (let i = 0; i < prediction.rows; i++) {
        const w = weight ? weight.data[i]! : 1;
        const k = actualClass(actor, scored, i);
        if (classes.length > 0) {
          state.weight += w;
          if (predictedClass(scored, i, threshold) === k) state.right += w;
          if (largest(classes) === k) state.majority += w;
        }
        while (classes.length <= k) classes.push(0);
        classes[k]! += w;
      }
      return state;
    },
    read: ({ weight, right, majority }) => (right - majority) / (weight - majority),
    fade: (state, alpha) => {
      for (let k = 0; k < state.classes.length; k++) state.classes[k]! *= alpha;
      state.weight *= alpha;
      state.right *= alpha;
      state.majority *= alpha;
      return state;
    },
  };
};

const largest = (counts: readonly number[]): number => {
  let best = 0;
  for (let k = 1; k < counts.length; k++) if (counts[k]! > counts[best]!) best = k;
  return best;
};
