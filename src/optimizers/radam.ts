import type { AdamOptions } from "./adam.ts";
import { defineRule } from "./defineRule.ts";
import type { LearningRate } from "./learningRate.ts";
import type { Rule } from "./rule.ts";

/**
 * adam that waits with √v̂ until enough gradients have been seen to trust it: with ρ∞ = 2/(1−β₂) − 1 and
 * ρₜ = ρ∞ − 2tβ₂ᵗ/(1−β₂ᵗ), step = η·m̂·r·√(1−β₂ᵗ) / (√v + ε) where ρₜ > 5, r its rectification, and η·m̂ before
 * (Liu et al., 2020; as PyTorch).
 */
export const radam = (lr: LearningRate, options: AdamOptions = {}): Rule => {
  const { beta1: β1 = 0.9, beta2: β2 = 0.999, epsilon: ε = 1e-8, weightDecay: λ = 0 } = options;
  const ρInf = 2 / (1 - β2) - 1;
  return defineRule({
    name: "radam",
    lr,
    options,
    own: ["beta1", "beta2", "epsilon"],
    memory: ["m", "v"],
    numbers: { β1ᵗ: 1, β2ᵗ: 1 },
    constants: { β1, β2, λ },
    changing: { scale: 0, trust: 0, floor: 0 },
    prepare: (c, s, t) => {
      s.β1ᵗ *= β1;
      s.β2ᵗ *= β2;
      const c2 = 1 - s.β2ᵗ;
      const ρ = ρInf - (2 * t * s.β2ᵗ) / c2;
      const r = Math.sqrt(((ρ - 4) * (ρ - 2) * ρInf) / ((ρInf - 4) * (ρInf - 2) * ρ));
      const trusted = ρ > 5;
      c.scale = (c.η / (1 - s.β1ᵗ)) * (trusted ? r * Math.sqrt(c2) : 1);
      c.trust = trusted ? 1 : 0;
      c.floor = trusted ? ε : 1;
    },
    formula: "radam",
    loop: ({ g, w, m, v, step }, { scale, trust, floor }, from, to) => {
      for (let i = from; i < to; i++) {
        const gi = g[i]! + λ * w[i]!;
        m[i] = β1 * m[i]! + (1 - β1) * gi;
        v[i] = β2 * v[i]! + (1 - β2) * gi * gi;
        step[i] = (scale * m[i]!) / (trust * Math.sqrt(v[i]!) + floor);
      }
    },
  });
};
