import { defineRule } from "./defineRule.ts";
import type { Rule } from "./rule.ts";

export interface FtrlOptions {
  /** The rate; every weight has its own, α / (β + √n), which falls with the squares n of the gradients it has seen. */
  readonly alpha?: number;
  readonly beta?: number;
  /** The pull towards exact zero: weights that are of little use become 0. */
  readonly l1?: number;
  readonly l2?: number;
  /** Update only the rows of an embedding that the batch touched. */
  readonly lazy?: boolean;
}

/**
 * FTRL-Proximal: σ = (√(n + g²) − √n)/α, z ← z + g − σ·w, n ← n + g², and then w = 0 where |z| ≤ l1, else
 * −(z − sign(z)·l1) / ((β + √n)/α + l2) (McMahan et al., 2013). It is made for sparse linear models: z and n start at
 * zero, so the weights that a model starts with are forgotten in the first step.
 */
export const ftrl = (options: FtrlOptions = {}): Rule => {
  const { alpha: α = 0.05, beta: β = 1, l1 = 0, l2 = 0 } = options;
  return defineRule({
    name: "ftrl",
    options,
    own: ["alpha", "beta", "l1", "l2"],
    memory: ["z", "n"],
    constants: { α, β, l1, l2 },
    formula: "ftrl",
    loop: ({ g, w, z, n, step }, _, from, to) => {
      for (let i = from; i < to; i++) {
        const square = g[i]! * g[i]!;
        const σ = (Math.sqrt(n[i]! + square) - Math.sqrt(n[i]!)) / α;
        z[i] = z[i]! + g[i]! - σ * w[i]!;
        n[i] = n[i]! + square;
        const pull = Math.max(0, Math.abs(z[i]!) - l1) * -Math.sign(z[i]!);
        step[i] = w[i]! - pull / ((β + Math.sqrt(n[i]!)) / α + l2);
      }
    },
  });
};
