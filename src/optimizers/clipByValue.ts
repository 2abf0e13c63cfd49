import { finite } from "../math/invalid.ts";
import { call } from "./call.ts";
import { elementwiseRule, type LazyOptions } from "./elementwiseRule.ts";
import type { Rule } from "./rule.ts";

/**
 * Each gradient cut off at −c and c, for the rules behind it: `inOrder(clipByValue(0.5), sgd(0.1))`.
 * @throws InvalidInputError when c is negative.
 */
export const clipByValue = (c: number, options: LazyOptions = {}): Rule => {
  const source = call("clipByValue", c, options);
  finite(source, "bound", c, { min: 0 });
  return elementwiseRule(source, (g) => Math.max(-c, Math.min(c, g)), options, {
    formula: "clipByValue",
    scalars: { c },
  });
};
