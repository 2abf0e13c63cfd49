import { eachRange, type Vector } from "../math/vector.ts";
import type { Rule } from "./rule.ts";

export interface LazyOptions {
  /** Only the rows of an embedding that the batch touched. */
  readonly lazy?: boolean;
}

/** A rule that keeps nothing: what goes on is `f(g, w)` of each gradient and its weight. */
export const elementwiseRule = (
  source: string,
  f: (g: number, w: number) => number,
  { lazy = false }: LazyOptions = {},
): Rule<{ readonly step: Vector }> => ({
  source,
  init: (w) => ({ step: w.zeros() }),
  update: (gradient, s, weights) => {
    const [g, w, step] = [gradient.data, weights.data, s.step.data];
    if (lazy) step.fill(0);
    eachRange(gradient, lazy, (from, to) => {
      for (let i = from; i < to; i++) step[i] = f(g[i]!, w[i]!);
    });
    return s.step;
  },
});
