import type { AdamOptions } from "./adam.ts";
import { biasCorrection } from "./biasCorrection.ts";
import { defineRule } from "./defineRule.ts";
import type { LearningRate } from "./learningRate.ts";
import type { Rule } from "./rule.ts";

/**
 * adam with decoupled decay: step = η·(m̂ / (√v̂ + ε) + λ·w), so that the decay is not divided by √v̂
 * (Loshchilov & Hutter, 2019).
 */
export const adamw = (lr: LearningRate, options: AdamOptions = {}): Rule => {
  const { beta1: β1 = 0.9, beta2: β2 = 0.999, epsilon: ε = 1e-8, weightDecay: λ = 0.01 } = options;
  return defineRule({
    name: "adamw",
    lr,
    options,
    own: ["beta1", "beta2", "epsilon"],
    memory: ["m", "v"],
    ...biasCorrection(β1, β2),
    constants: { β1, β2, ε, λ },
    formula: "adamw",
    loop: ({ g, w, m, v, step }, { η, c1, c2 }, from, to) => {
      for (let i = from; i < to; i++) {
        const gi = g[i]!;
        m[i] = β1 * m[i]! + (1 - β1) * gi;
        v[i] = β2 * v[i]! + (1 - β2) * gi * gi;
        step[i] = η * (m[i]! / c1 / (Math.sqrt(v[i]! / c2) + ε) + λ * w[i]!);
      }
    },
  });
};
