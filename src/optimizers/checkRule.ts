import { invalid, inWords } from "../math/invalid.ts";
import type { Rule } from "./rule.ts";

/** Refuses what is no rule, such as the name of one. @throws InvalidInputError */
export const checkRule = (actor: string, rule: unknown): void => {
  if (typeof (rule as Partial<Rule> | null | undefined)?.update !== "function")
    throw invalid(actor, "a rule, such as adam(1e-3)", inWords(rule));
};
