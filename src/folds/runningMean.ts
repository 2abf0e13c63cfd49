import type { MergeableFold } from "./mergeable.ts";
import { type Scored, sameShape } from "./scored.ts";
import { type TargetMeanState, targetMean } from "./targetMean.ts";

/**
 * The baseline that knows the mean of the targets until now: its reading is its prediction for the next row, one number a
 * column; empty before the first.
 */
export const runningMean = (): MergeableFold<Scored, readonly number[], TargetMeanState> => {
  const fold = targetMean(actor, () => {});
  return {
    ...fold,
    step: (state, scored) => {
      sameShape(actor, scored);
      return fold.step(state, scored);
    },
  };
};

const actor = "runningMean()";
