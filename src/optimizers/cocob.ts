import { defineRule } from "./defineRule.ts";
import type { Rule } from "./rule.ts";

export interface CocobOptions {
  /** How careful the first bets are: until Σ|g| has come to α·L, a weight moves no further than about 1 / α at a time. */
  readonly alpha?: number;
  /** Update only the rows of an embedding that the batch touched. */
  readonly lazy?: boolean;
}

/**
 * COCOB-Backprop, which has no learning rate: each weight bets on the sign of its next gradient, with what it has won so
 * far. L ← max(L, |g|), G ← G + |g|, R ← max(R − (w − w₁)·g, 0), θ ← θ − g, and then
 * w = w₁ + θ / (L·max(G + L, α·L))·(L + R) (Orabona & Tommasi, 2017, Algorithm 2, where g is the negative gradient).
 * Multiplying the loss by a number changes nothing; multiplying an input does. A weight that has seen no gradient stays.
 */
export const cocob = (options: CocobOptions = {}): Rule => {
  const { alpha: α = 100 } = options;
  const rule = defineRule({
    name: "cocob",
    options,
    own: ["alpha"],
    memory: ["w1", "L", "G", "R", "θ"],
    constants: { α },
    formula: "cocob",
    loop: ({ g, w, w1, L, G, R, θ, step }, _, from, to) => {
      for (let i = from; i < to; i++) {
        const size = Math.abs(g[i]!);
        const won = w[i]! - w1[i]!;
        L[i] = Math.max(L[i]!, size);
        G[i] = G[i]! + size;
        R[i] = Math.max(R[i]! - won * g[i]!, 0);
        θ[i] = θ[i]! - g[i]!;
        // (L + R) / L as 1 + R / L, so that no square of L overflows or vanishes
        const bet = L[i]! > 0 ? (θ[i]! / Math.max(G[i]! + L[i]!, α * L[i]!)) * (1 + R[i]! / L[i]!) : 0;
        step[i] = won - bet;
      }
    },
  });
  return {
    ...rule,
    init: (w) => {
      const state = rule.init(w);
      state.w1.data.set(w.data);
      return state;
    },
  } satisfies typeof rule;
};
