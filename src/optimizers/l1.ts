import { finite } from "../math/invalid.ts";
import { call } from "./call.ts";
import { elementwiseRule, type LazyOptions } from "./elementwiseRule.ts";
import type { Rule } from "./rule.ts";

/**
 * g + λ·sign(w), the gradient of λ‖w‖₁ added, for the rules behind it: `inOrder(l1(1e-4), sgd(0.1))`. Weights hover
 * about zero; for exact zeros see ftrl.
 * @throws InvalidInputError when λ is negative.
 */
export const l1 = (λ: number, options: LazyOptions = {}): Rule => {
  const source = call("l1", λ, options);
  finite(source, "penalty", λ, { min: 0 });
  return elementwiseRule(source, (g, w) => g + λ * Math.sign(w), options, { formula: "l1", scalars: { λ } });
};
