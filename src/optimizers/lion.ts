import { defineRule, type RuleOptions } from "./defineRule.ts";
import type { LearningRate } from "./learningRate.ts";
import type { Rule } from "./rule.ts";

export interface LionOptions extends RuleOptions {
  /** How much of the momentum is in the direction of a step. */
  readonly beta1?: number;
  /** How much of the momentum stays from one step to the next. */
  readonly beta2?: number;
}

/** step = η·(sign(β₁m + (1−β₁)g) + λ·w), m ← β₂m + (1−β₂)g; decay is decoupled (Chen et al., 2023). */
export const lion = (lr: LearningRate, options: LionOptions = {}): Rule => {
  const { beta1: β1 = 0.9, beta2: β2 = 0.99, weightDecay: λ = 0 } = options;
  return defineRule({
    name: "lion",
    lr,
    options,
    own: ["beta1", "beta2"],
    memory: ["m"],
    constants: { β1, β2, λ },
    formula: "lion",
    loop: ({ g, w, m, step }, { η }, from, to) => {
      for (let i = from; i < to; i++) {
        const gi = g[i]!;
        step[i] = η * (Math.sign(β1 * m[i]! + (1 - β1) * gi) + λ * w[i]!);
        m[i] = β2 * m[i]! + (1 - β2) * gi;
      }
    },
  });
};
