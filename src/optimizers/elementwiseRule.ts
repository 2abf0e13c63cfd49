import { knownOptions } from "../math/invalid.ts";
import type { Vector } from "../math/vector.ts";
import type { Rule } from "./rule.ts";
import { keptByState } from "./work.ts";

export interface LazyOptions {
  /** Only the rows of an embedding that the batch touched. */
  readonly lazy?: boolean;
}

/** An emitted formula that does the same, see math/simd/rules.ts, with the numbers that it takes. */
export interface EmittedFormula {
  readonly formula: string;
  readonly scalars: Readonly<Record<string, number>>;
}

/** A rule that keeps nothing: what goes on is `f(g, w)` of each gradient and its weight. */
export const elementwiseRule = (
  source: string,
  f: (g: number, w: number) => number,
  options: LazyOptions = {},
  { formula, scalars = {} }: Partial<EmittedFormula> = {},
): Rule<{ readonly step: Vector }> => {
  knownOptions(source, options, ["lazy"]);
  const { lazy = false } = options;
  const work = keptByState({
    formula,
    memory: [],
    scalars,
    changing: [],
    lazy,
    loop: ({ g, w, step }, _, from, to) => {
      for (let i = from; i < to; i++) step[i] = f(g[i]!, w[i]!);
    },
  });
  return {
    source,
    init: (w) => ({ step: w.zeros() }),
    update: (gradient, s, weights) => work(s).step(gradient, weights),
  };
};
