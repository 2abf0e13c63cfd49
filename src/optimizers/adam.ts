import { finite } from "../math/invalid.ts";
import { eachRange, type Vector } from "../math/vector.ts";
import { type LearningRate, learningRate, type RateState } from "./learningRate.ts";
import type { Rule } from "./rule.ts";

export interface AdamOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  /** Added to the gradient: g + λ·w; for the decoupled kind see adamw. */
  readonly weightDecay?: number;
  /** Update only the rows of an embedding that the batch touched. */
  readonly lazy?: boolean;
}

export interface AdamState {
  readonly rate: RateState;
  readonly m: Vector;
  readonly v: Vector;
  readonly step: Vector;
  t: number;
}

/** m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², step = lr·m̂ / (√v̂ + ε) (Kingma & Ba, 2015). */
export const adam = (
  lr: LearningRate,
  { beta1: β1 = 0.9, beta2: β2 = 0.999, epsilon: ε = 1e-8, weightDecay = 0, lazy = false }: AdamOptions = {},
): Rule<AdamState> => {
  const actor = `adam(${typeof lr === "number" ? lr : "…"})`;
  const rate = learningRate(actor, lr);
  finite(actor, "beta1", β1, { min: 0, max: 1 });
  finite(actor, "beta2", β2, { min: 0, max: 1 });
  finite(actor, "epsilon", ε, { min: 0 });
  finite(actor, "weightDecay", weightDecay, { min: 0 });
  return {
    source: actor,
    init: (w) => ({ rate: rate.init(), m: w.zeros(), v: w.zeros(), step: w.zeros(), t: 0 }),
    observe: (s, loss) => rate.observe(s.rate, loss),
    follow: (s) => rate.follow(s.rate),
    update: (gradient, s, weights) => {
      const η = rate.next(s.rate);
      const t = ++s.t;
      const [g, w, m, v, step] = [gradient.data, weights.data, s.m.data, s.v.data, s.step.data];
      const c1 = 1 - β1 ** t;
      const c2 = 1 - β2 ** t;
      if (lazy) step.fill(0);
      eachRange(gradient, lazy, (from, to) => {
        for (let i = from; i < to; i++) {
          const gi = g[i]! + weightDecay * w[i]!;
          m[i] = β1 * m[i]! + (1 - β1) * gi;
          v[i] = β2 * v[i]! + (1 - β2) * gi * gi;
          step[i] = (η * (m[i]! / c1)) / (Math.sqrt(v[i]! / c2) + ε);
        }
      });
      return s.step;
    },
  };
};
