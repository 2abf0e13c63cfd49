import { defineRule, type RuleOptions } from "./defineRule.ts";
import type { LearningRate } from "./learningRate.ts";
import type { Rule } from "./rule.ts";

export interface AdadeltaOptions extends RuleOptions {
  readonly rho?: number;
  readonly epsilon?: number;
}

/**
 * s ← ρ·s + (1 − ρ)·g², d = g·√(u + ε) / √(s + ε), u ← ρ·u + (1 − ρ)·d², step = η·d: steps have the unit of the weights,
 * and no rate needs to be chosen (Zeiler, 2012).
 */
export const adadelta = (lr: LearningRate = 1, options: AdadeltaOptions = {}): Rule => {
  const { rho: ρ = 0.9, epsilon: ε = 1e-6, weightDecay: λ = 0 } = options;
  return defineRule({
    name: "adadelta",
    lr,
    options,
    own: ["rho", "epsilon"],
    memory: ["s", "u"],
    constants: { ρ, ε, λ },
    formula: "adadelta",
    loop: ({ g, w, s, u, step }, { η }, from, to) => {
      for (let i = from; i < to; i++) {
        const gi = g[i]! + λ * w[i]!;
        s[i] = ρ * s[i]! + (1 - ρ) * gi * gi;
        const d = (gi * Math.sqrt(u[i]! + ε)) / Math.sqrt(s[i]! + ε);
        u[i] = ρ * u[i]! + (1 - ρ) * d * d;
        step[i] = η * d;
      }
    },
  });
};
