import { invalid } from "../math/invalid.ts";
import { call } from "./call.ts";
import { defineRule, type RuleOptions } from "./defineRule.ts";
import type { LearningRate } from "./learningRate.ts";
import type { Rule } from "./rule.ts";

export interface SgdOptions extends RuleOptions {
  readonly momentum?: number;
  readonly nesterov?: boolean;
}

/**
 * Gradient descent: v ← μ·v + g, step = η·v, or η·(g + μ·v) with nesterov (Sutskever et al., 2013; as PyTorch).
 * @throws InvalidInputError for an option out of its range, and for nesterov without momentum.
 */
export const sgd = (lr: LearningRate, options: SgdOptions = {}): Rule => {
  const { momentum: μ = 0, nesterov = false, weightDecay: λ = 0 } = options;
  if (nesterov && μ === 0) throw invalid(call("sgd", lr, options), "a momentum above 0 with nesterov", "0");
  return defineRule({
    name: "sgd",
    lr,
    options,
    own: ["momentum", "nesterov"],
    memory: μ === 0 ? [] : ["v"],
    constants: { μ, λ },
    formula: μ === 0 ? (λ === 0 ? "sgd" : "sgd decayed") : nesterov ? "sgd nesterov" : "sgd momentum",
    loop: ({ g, w, v, step }, { η }, from, to) => {
      for (let i = from; i < to; i++) {
        const gi = g[i]! + λ * w[i]!;
        if (μ !== 0) v[i] = μ * v[i]! + gi;
        step[i] = η * (μ === 0 ? gi : nesterov ? gi + μ * v[i]! : v[i]!);
      }
    },
  });
};
