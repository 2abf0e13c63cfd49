import { invalid } from "../math/invalid.ts";
import type { MergeableFold } from "./mergeable.ts";
import type { Scored } from "./scored.ts";
import { type TargetMeanState, targetMean } from "./targetMean.ts";

const actor = "priorClass()";

/**
 * The baseline that knows how frequent the classes were until now: its reading is its prediction for the next row, as
 * probabilities, of which the largest is the majority's; empty before the first. One column: the share of class 1 (with
 * targets ±1, on that scale).
 * @throws InvalidInputError for targets that are no classes.
 */
export const priorClass = (): MergeableFold<Scored, readonly number[], TargetMeanState> =>
  targetMean(actor, (t, row) => {
    if (t !== 0 && t !== 1 && t !== -1)
      throw invalid(actor, "0/1, ±1, one-hot rows or class indices as targets", `${t} in row ${row}`);
  });
