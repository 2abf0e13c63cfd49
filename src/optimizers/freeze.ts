import { invalid, inWords } from "../math/invalid.ts";
import type { Segment, Vector } from "../math/vector.ts";
import { call } from "./call.ts";
import { checkRule } from "./checkRule.ts";
import type { Rule } from "./rule.ts";
import { withSegments } from "./withSegments.ts";

export interface FreezeState {
  readonly inner: unknown;
  readonly gradient: Vector;
  readonly step: Vector;
  /** Where the frozen weights are. */
  readonly frozen: readonly { readonly from: number; readonly to: number }[];
}

/**
 * The rule for all weights but the named ones, which stay bit-identical: it sees a gradient of zero for them (so they do
 * not count in a norm), and its steps for them, such as decay and momentum, are left out. A name is a parameter's, such as
 * `dense0.W`, or a layer's, such as `dense0`.
 * @throws InvalidInputError for what is no array, and at the start for a name that no parameter and no layer has.
 */
export const freeze = (rule: Rule, names: readonly string[]): Rule => {
  const source = call("freeze", rule, names);
  checkRule(source, rule);
  if (!Array.isArray(names)) throw invalid(source, "an array of names", inWords(names));
  return {
    source,
    init: (w) => ({
      inner: rule.init(w),
      gradient: w.zeros(),
      step: w.zeros(),
      frozen: names.flatMap((name) => placesOf(source, name, w.segments)),
    }),
    observe: (s, loss) => rule.observe?.(s.inner, loss),
    follow: (s) => rule.follow?.(s.inner) ?? { unsubscribe: () => {} },
    update: (gradient, s, weights) => {
      s.gradient.data.set(gradient.data);
      for (const { from, to } of s.frozen) s.gradient.data.fill(0, from, to);
      const step = rule.update(withSegments(s.gradient, gradient.segments), s.inner, weights);
      s.step.data.set(step.data);
      for (const { from, to } of s.frozen) s.step.data.fill(0, from, to);
      return s.step;
    },
  } satisfies Rule<FreezeState>;
};

const placesOf = (source: string, name: string, segments: readonly Segment[]): FreezeState["frozen"] => {
  const found = segments.filter((segment) => segment.name === name || segment.name.startsWith(`${name}.`));
  if (found.length === 0) {
    const known = segments.map((segment) => segment.name).join(", ");
    throw invalid(source, `names of parameters or layers (${known})`, JSON.stringify(name));
  }
  return found.map(({ offset, rows, cols }) => ({ from: offset, to: offset + rows * cols }));
};
