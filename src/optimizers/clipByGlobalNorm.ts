import { finite } from "../math/invalid.ts";
import { norm, type Vector } from "../math/vector.ts";
import { call } from "./call.ts";
import type { Rule } from "./rule.ts";
import { keptByState } from "./work.ts";

/**
 * g·c/n where n, the length of the gradient of the whole model, is more than c; what is shorter goes on as it is
 * (Pascanu et al., 2013): `inOrder(clipByGlobalNorm(1), adam(1e-3))`.
 * @throws InvalidInputError when c is negative.
 */
export const clipByGlobalNorm = (c: number): Rule => {
  const source = call("clipByGlobalNorm", c);
  finite(source, "norm", c, { min: 0 });
  const formula = keptByState({
    formula: "clipByGlobalNorm",
    memory: [],
    scalars: { c, n: 0 },
    changing: ["n"],
    lazy: false,
    loop: ({ g, step }, { n }, from, to) => {
      for (let i = from; i < to; i++) step[i] = (g[i]! * c) / n;
    },
  });
  return {
    source,
    init: (w) => ({ step: w.zeros() }),
    update: (gradient, s, weights) => {
      const n = norm(gradient);
      if (!(n > c)) return gradient;
      const shorten = formula(s);
      shorten.scalars.n = n;
      return shorten.step(gradient, weights);
    },
  } satisfies Rule<{ readonly step: Vector }>;
};
