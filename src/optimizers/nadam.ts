import { portableExp } from "../math/functions.ts";
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
  const fading = portableExp(ψ * -0.04082199452025517); // 0.96^ψ
  return defineRule({
    name: "nadam",
    lr,
    options,
    own: ["beta1", "beta2", "epsilon", "momentumDecay"],
    memory: ["m", "v"],
    numbers: { product: 1, faded: 1, β2ᵗ: 1 }, // μ₁…μₜ, 0.96^(tψ), β₂ᵗ
    constants: { β1, β2, ε, λ },
    changing: { cm: 0, cg: 0, c2: 0 },
    prepare: (c, s) => {
      s.faded *= fading;
      s.β2ᵗ *= β2;
      const μ = β1 * (1 - 0.5 * s.faded);
      const next = β1 * (1 - 0.5 * s.faded * fading); // μₜ₊₁
      s.product *= μ;
      c.cm = next / (1 - s.product * next);
      c.cg = (1 - μ) / (1 - s.product);
      c.c2 = 1 - s.β2ᵗ;
    },
    formula: "nadam",
    loop: ({ g, w, m, v, step }, { η, cm, cg, c2 }, from, to) => {
      for (let i = from; i < to; i++) {
        const gi = g[i]! + λ * w[i]!;
        m[i] = β1 * m[i]! + (1 - β1) * gi;
        v[i] = β2 * v[i]! + (1 - β2) * gi * gi;
        step[i] = (η * (cm * m[i]! + cg * gi)) / (Math.sqrt(v[i]! / c2) + ε);
      }
    },
  });
};
