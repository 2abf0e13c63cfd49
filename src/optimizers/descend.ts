import type { Vector } from "../math/vector.ts";
import type { Rule } from "./rule.ts";
import { takeOff } from "./takeOff.ts";

/** w ← w − update(gradient, state, w); false, and the weights are as they were, when one of them would not be finite. */
export const descend = (rule: Rule, gradient: Vector, state: unknown, weights: Vector): boolean =>
  rule.descend
    ? rule.descend(gradient, state, weights)
    : takeOff(weights, rule.update(gradient, state, weights));
