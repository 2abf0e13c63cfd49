import { defineRule, type RuleOptions } from "./defineRule.ts";
import type { LearningRate } from "./learningRate.ts";
import type { Rule } from "./rule.ts";

export interface AdagradOptions extends RuleOptions {
  readonly epsilon?: number;
}

/** s ← s + g², step = η·g / (√s + ε): weights that moved much move less (Duchi et al., 2011). */
export const adagrad = (lr: LearningRate, options: AdagradOptions = {}): Rule => {
  const { epsilon: ε = 1e-10, weightDecay: λ = 0 } = options;
  return defineRule({
    name: "adagrad",
    lr,
    options,
    own: ["epsilon"],
    memory: ["s"],
    constants: { ε, λ },
    formula: "adagrad",
    loop: ({ g, w, s, step }, { η }, from, to) => {
      for (let i = from; i < to; i++) {
        const gi = g[i]! + λ * w[i]!;
        s[i] = s[i]! + gi * gi;
        step[i] = (η * gi) / (Math.sqrt(s[i]!) + ε);
      }
    },
  });
};
