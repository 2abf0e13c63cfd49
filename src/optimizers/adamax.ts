import type { AdamOptions } from "./adam.ts";
import { defineRule } from "./defineRule.ts";
import type { LearningRate } from "./learningRate.ts";
import type { Rule } from "./rule.ts";

/** m ← β₁m + (1−β₁)g, u ← max(β₂u, |g| + ε), step = η·m̂ / u: adam by the largest gradient (Kingma & Ba, 2015). */
export const adamax = (lr: LearningRate, options: AdamOptions = {}): Rule => {
  const { beta1: β1 = 0.9, beta2: β2 = 0.999, epsilon: ε = 1e-8, weightDecay: λ = 0 } = options;
  return defineRule({
    name: "adamax",
    lr,
    options,
    own: ["beta1", "beta2", "epsilon"],
    memory: ["m", "u"],
    numbers: { β1ᵗ: 1 },
    constants: { β1, β2, ε, λ },
    changing: { c1: 0 },
    prepare: (c, s) => {
      s.β1ᵗ *= β1;
      c.c1 = 1 - s.β1ᵗ;
    },
    formula: "adamax",
    loop: ({ g, w, m, u, step }, { η, c1 }, from, to) => {
      for (let i = from; i < to; i++) {
        const gi = g[i]! + λ * w[i]!;
        m[i] = β1 * m[i]! + (1 - β1) * gi;
        u[i] = Math.max(β2 * u[i]!, Math.abs(gi) + ε);
        step[i] = (η * (m[i]! / c1)) / u[i]!;
      }
    },
  });
};
