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
    numbers: { β1ᵗ: 1, β2ᵗ: 1 },
    constants: { β1, β2, ε, λ },
    changing: { c1: 0, c2: 0 },
    prepare: (c, s) => {
      s.β1ᵗ *= β1;
      s.β2ᵗ *= β2;
      c.c1 = 1 - s.β1ᵗ;
      c.c2 = 1 - s.β2ᵗ;
    },
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
