import type { Vector } from "../math/vector.ts";
import type { Rule } from "./rule.ts";
import { takeOff } from "./takeOff.ts";

export type Descend<State> = (gradient: Vector, state: State, weights: Vector) => boolean;

/**
 * A rule's update that can also go down by its step in one go. That belongs to the function, and not to the rule, so that
 * a rule that is copied with another `update` does not keep it.
 */
export const inOneGo = <State>(
  update: Rule<State>["update"],
  descend: Descend<State>,
  { keeps = true }: { readonly keeps?: boolean } = {},
): Rule<State>["update"] => Object.assign(update, { descend, keeps });

/** Whether a rule may keep something of a gradient; if not, a step that is taken back leaves no trace. */
export const keeps = ({ update }: Rule): boolean =>
  (update as Rule["update"] & { readonly keeps?: boolean }).keeps ?? true;

/** What a rule does in one go, where it can. */
const ownDescent = ({ update }: Rule): Descend<unknown> | undefined =>
  (update as Rule["update"] & { readonly descend?: Descend<unknown> }).descend;

/** w ← w − update(gradient, state, w); false, and the weights are as they were, when one of them would not be finite. */
export const descend = (rule: Rule, gradient: Vector, state: unknown, weights: Vector): boolean => {
  const own = ownDescent(rule);
  return own ? own(gradient, state, weights) : takeOff(weights, rule.update(gradient, state, weights));
};

/** The same for one rule, found once. */
export const descentOf = (rule: Rule): Descend<unknown> =>
  ownDescent(rule) ?? ((gradient, state, weights) => descend(rule, gradient, state, weights));
