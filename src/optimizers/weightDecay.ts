import { finite } from "../math/invalid.ts";
import { call } from "./call.ts";
import { elementwiseRule, type LazyOptions } from "./elementwiseRule.ts";
import type { Rule } from "./rule.ts";

/**
 * g + λ·w, the gradient of λ‖w‖²/2 added, for the rules behind it: `inOrder(weightDecay(1e-4), sgd(0.1))`.
 * @throws InvalidInputError when λ is negative.
 */
export const weightDecay = (λ: number, options: LazyOptions = {}): Rule => {
  const source = call("weightDecay", λ, options);
  finite(source, "decay", λ, { min: 0 });
  return elementwiseRule(source, (g, w) => g + λ * w, options, { formula: "weightDecay", scalars: { λ } });
};
