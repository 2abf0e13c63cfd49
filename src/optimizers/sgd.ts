import { finite, invalid } from "../math/invalid.ts";
import { eachRange, type Vector } from "../math/vector.ts";
import { type LearningRate, learningRate, type RateState } from "./learningRate.ts";
import type { Rule } from "./rule.ts";

export interface SgdOptions {
  readonly momentum?: number;
  readonly nesterov?: boolean;
  /** Added to the gradient: g + λ·w. */
  readonly weightDecay?: number;
  /** Update only the rows of an embedding that the batch touched. */
  readonly lazy?: boolean;
}

export interface SgdState {
  readonly rate: RateState;
  readonly v: Vector | undefined;
  readonly step: Vector;
  t: number;
}

/** Gradient descent: v ← μ·v + g, step = lr·v, or lr·(g + μ·v) with nesterov (Sutskever et al., 2013; as PyTorch). */
export const sgd = (
  lr: LearningRate,
  { momentum = 0, nesterov = false, weightDecay = 0, lazy = false }: SgdOptions = {},
): Rule<SgdState> => {
  const actor = `sgd(${typeof lr === "number" ? lr : "…"})`;
  const rate = learningRate(actor, lr);
  finite(actor, "momentum", momentum, { min: 0 });
  finite(actor, "weightDecay", weightDecay, { min: 0 });
  if (nesterov && momentum === 0) throw invalid(actor, "a momentum above 0 with nesterov", "0");
  return {
    source: actor,
    init: (w) => ({ rate: rate.init(), v: momentum ? w.zeros() : undefined, step: w.zeros(), t: 0 }),
    observe: (s, loss) => rate.observe(s.rate, loss),
    follow: (s) => rate.follow(s.rate),
    update: (gradient, s, weights) => {
      const η = rate.next(s.rate);
      const [g, w, step, v] = [gradient.data, weights.data, s.step.data, s.v?.data];
      if (lazy) step.fill(0);
      eachRange(gradient, lazy, (from, to) => {
        for (let i = from; i < to; i++) {
          const gi = g[i]! + weightDecay * w[i]!;
          if (v) v[i] = momentum * v[i]! + gi;
          const d = v ? (nesterov ? gi + momentum * v[i]! : v[i]!) : gi;
          step[i] = η * d;
        }
      });
      s.t++;
      return s.step;
    },
  };
};
