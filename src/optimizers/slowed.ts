import type { Vector } from "../math/vector.ts";
import { descend, inOneGo } from "./descend.ts";
import type { Rule } from "./rule.ts";
import { takeOff } from "./takeOff.ts";

/** What a rule that is slowed down keeps: the state of the rule, and the step that goes out. */
export interface SlowedState {
  readonly inner: unknown;
  readonly step: Vector;
}

/** A rule whose steps are multiplied by what `rate` says at that moment; as it is, while that is 1. */
export const slowed = (rule: Rule, rate: () => number): Rule => {
  const scaled = (gradient: Vector, s: SlowedState, weights: Vector, by: number): Vector => {
    const step = rule.update(gradient, s.inner, weights).data;
    const out = s.step.data;
    for (let i = 0; i < out.length; i++) out[i] = by * step[i]!;
    return s.step;
  };
  return {
    source: rule.source,
    init: (w) => ({ inner: rule.init(w), step: w.zeros() }),
    observe: (s, loss) => rule.observe?.(s.inner, loss),
    follow: (s) => rule.follow?.(s.inner) ?? { unsubscribe: () => {} },
    update: inOneGo<SlowedState>(
      (gradient, s, weights) =>
        rate() === 1 ? rule.update(gradient, s.inner, weights) : scaled(gradient, s, weights, rate()),
      (gradient, s, weights) =>
        rate() === 1
          ? descend(rule, gradient, s.inner, weights)
          : takeOff(weights, scaled(gradient, s, weights, rate())),
    ),
  } satisfies Rule<SlowedState>;
};
