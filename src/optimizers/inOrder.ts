import { invalid } from "../math/invalid.ts";
import type { Vector } from "../math/vector.ts";
import { call } from "./call.ts";
import { checkRule } from "./checkRule.ts";
import { descend, inOneGo } from "./descend.ts";
import type { Rule } from "./rule.ts";
import { withSegments } from "./withSegments.ts";

type States = readonly unknown[];

/**
 * Rules one after the other: each gets what the one before it has made of the gradient, and the last makes the step.
 * @throws InvalidInputError without rules, and for what is none.
 * @example inOrder(clipByGlobalNorm(1), adam(1e-3))
 */
export const inOrder = (...rules: readonly Rule[]): Rule => {
  const source = call("inOrder", ...rules);
  if (rules.length === 0) throw invalid(source, "at least 1 rule", "none");
  for (const rule of rules) checkRule(source, rule);
  /** What the first `count` rules make of the gradient. */
  const through = (count: number, gradient: Vector, states: States, weights: Vector): Vector => {
    let g = gradient;
    for (let i = 0; i < count; i++)
      g = rules[i]!.update(withSegments(g, gradient.segments), states[i], weights);
    return g;
  };
  return {
    source,
    init: (w) => rules.map((rule) => rule.init(w)),
    observe: (states, loss) => rules.forEach((rule, i) => void rule.observe?.(states[i], loss)),
    follow: (states) => followAll(rules, states),
    update: inOneGo<States>(
      (gradient, states, weights) => through(rules.length, gradient, states, weights),
      (gradient, states, weights) => {
        const last = rules.length - 1;
        const g = through(last, gradient, states, weights);
        return descend(rules[last]!, withSegments(g, gradient.segments), states[last], weights);
      },
    ),
  } satisfies Rule<States>;
};

const followAll = (rules: readonly Rule[], states: readonly unknown[]): { unsubscribe(): void } => {
  const followed = rules.map((rule, i) => rule.follow?.(states[i]));
  return { unsubscribe: () => followed.forEach((one) => void one?.unsubscribe()) };
};
