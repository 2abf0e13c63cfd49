import { biasCorrection } from "./biasCorrection.ts";
import { defineRule, type RuleOptions } from "./defineRule.ts";
import type { LearningRate } from "./learningRate.ts";
import type { Rule } from "./rule.ts";

export interface AdamOptions extends RuleOptions {
  /** How much of the mean gradient stays from one step to the next. */
  readonly beta1?: number;
  /** How much of the mean square stays. */
  readonly beta2?: number;
  readonly epsilon?: number;
}

/** m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², step = η·m̂ / (√v̂ + ε) (Kingma & Ba, 2015). */
export const adam = (lr: LearningRate, options: AdamOptions = {}): Rule => {
  const { beta1: β1 = 0.9, beta2: β2 = 0.999, epsilon: ε = 1e-8, weightDecay: λ = 0 } = options;
  return defineRule({
    name: "adam",
    lr,
    options,
    own: ["beta1", "beta2", "epsilon"],
    memory: ["m", "v"],
    ...biasCorrection(β1, β2),
    constants: { β1, β2, ε, λ },
    formula: "adam",
    loop: ({ g, w, m, v, step }, { η, c1, c2 }, from, to) => {
      for (let i = from; i < to; i++) {
        const gi = g[i]! + λ * w[i]!;
        m[i] = β1 * m[i]! + (1 - β1) * gi;
        v[i] = β2 * v[i]! + (1 - β2) * gi * gi;
        step[i] = (η * (m[i]! / c1)) / (Math.sqrt(v[i]! / c2) + ε);
      }
    },
  });
};
