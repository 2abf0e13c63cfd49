import type { AdamOptions } from "./adam.ts";
import { biasCorrection } from "./biasCorrection.ts";
import { defineRule } from "./defineRule.ts";
import type { LearningRate } from "./learningRate.ts";
import type { Rule } from "./rule.ts";

/** adam that divides by the largest v so far, v̌ ← max(v̌, v): step = η·m̂ / (√(v̌ / (1−β₂ᵗ)) + ε) (Reddi et al., 2018). */
export const amsgrad = (lr: LearningRate, options: AdamOptions = {}): Rule => {
  const { beta1: β1 = 0.9, beta2: β2 = 0.999, epsilon: ε = 1e-8, weightDecay: λ = 0 } = options;
  return defineRule({
    name: "amsgrad",
    lr,
    options,
    own: ["beta1", "beta2", "epsilon"],
    memory: ["m", "v", "vMax"],
    ...biasCorrection(β1, β2),
    constants: { β1, β2, ε, λ },
    formula: "amsgrad",
    loop: ({ g, w, m, v, vMax, step }, { η, c1, c2 }, from, to) => {
      for (let i = from; i < to; i++) {
        const gi = g[i]! + λ * w[i]!;
        m[i] = β1 * m[i]! + (1 - β1) * gi;
        v[i] = β2 * v[i]! + (1 - β2) * gi * gi;
        vMax[i] = Math.max(vMax[i]!, v[i]!);
        step[i] = (η * (m[i]! / c1)) / (Math.sqrt(vMax[i]! / c2) + ε);
      }
    },
  });
};
