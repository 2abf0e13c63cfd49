import { defineRule, type RuleOptions } from "./defineRule.ts";
import type { LearningRate } from "./learningRate.ts";
import type { Rule } from "./rule.ts";

export interface RmspropOptions extends RuleOptions {
  /** How much of the mean square stays from one step to the next (PyTorch calls it alpha). */
  readonly rho?: number;
  readonly epsilon?: number;
  readonly momentum?: number;
  /** Divide by the standard deviation of the gradient, rather than by its root mean square (Graves, 2013). */
  readonly centered?: boolean;
}

/**
 * s ← ρ·s + (1 − ρ)·g², d = g / (√s + ε), step = η·d, or with momentum v ← μ·v + d, step = η·v (Tieleman & Hinton, 2012).
 * Centered takes the square of the mean gradient, a ← ρ·a + (1 − ρ)·g, off s under the root.
 */
export const rmsprop = (lr: LearningRate, options: RmspropOptions = {}): Rule => {
  const { rho: ρ = 0.99, epsilon: ε = 1e-8, momentum: μ = 0, centered = false, weightDecay: λ = 0 } = options;
  return defineRule({
    name: "rmsprop",
    lr,
    options,
    own: ["rho", "epsilon", "momentum", "centered"],
    memory: ["s", ...(centered ? (["a"] as const) : []), ...(μ === 0 ? [] : (["v"] as const))],
    constants: { ρ, μ, ε, λ },
    formula: `rmsprop${centered ? " centered" : ""}${μ === 0 ? "" : " momentum"}`,
    loop: ({ g, w, s, a, v, step }, { η }, from, to) => {
      for (let i = from; i < to; i++) {
        const gi = g[i]! + λ * w[i]!;
        s[i] = ρ * s[i]! + (1 - ρ) * gi * gi;
        let square = s[i]!;
        if (centered) {
          a[i] = ρ * a[i]! + (1 - ρ) * gi;
          square = Math.max(0, square - a[i]! * a[i]!); // rounding may take it below
        }
        const d = gi / (Math.sqrt(square) + ε);
        if (μ !== 0) v[i] = μ * v[i]! + d;
        step[i] = η * (μ === 0 ? d : v[i]!);
      }
    },
  });
};
