import type { AdamOptions } from "./adam.ts";
import { defineRule } from "./defineRule.ts";
import type { LearningRate } from "./learningRate.ts";
import type { Rule } from "./rule.ts";

export interface NadamOptions extends AdamOptions {
  /** How fast the momentum grows from β₁/2 to β₁. */
  readonly momentumDecay?: number;
}

/**
 * adam with Nesterov momentum: μₜ = β₁(1 − ½·0.96^(tψ)), m̂ = μₜ₊₁m / (1 − μ₁…μₜ₊₁) + (1 − μₜ)g / (1 − μ₁…μₜ),
 * step = η·m̂ / (√v̂ + ε) (Dozat, 2016; by the formula that PyTorch documents).
 */
export const nadam = (lr: LearningRate, options: NadamOptions = {}): Rule => {
  const { beta1: β1 = 0.9, beta2: β2 = 0.999, epsilon: ε = 1e-8, weightDecay: λ = 0 } = options;
  const { momentumDecay: ψ = 0.004 } = options;
  const μ = (t: number) => β1 * (1 - 0.5 * 0.96 ** (t * ψ));
  return defineRule({
    name: "nadam",
    lr,
    options,
    memory: ["m", "v"],
    numbers: { product: 1 }, // μ₁…μₜ
    update: ({ g, w, m, v, step, η, t }, s) => {
      s.product *= μ(t);
      const cm = μ(t + 1) / (1 - s.product * μ(t + 1));
      const cg = (1 - μ(t)) / (1 - s.product);
      const c2 = 1 - β2 ** t;
      return (from, to) => {
        for (let i = from; i < to; i++) {
          const gi = g[i]! + λ * w[i]!;
          m[i] = β1 * m[i]! + (1 - β1) * gi;
          v[i] = β2 * v[i]! + (1 - β2) * gi * gi;
          step[i] = (η * (cm * m[i]! + cg * gi)) / (Math.sqrt(v[i]! / c2) + ε);
        }
      };
    },
  });
};
