import { invalid } from "../math/invalid.ts";

/** The number, when it is finite and above 0; an InvalidInputError that names the actor otherwise. */
export const aboveZero = (actor: string, what: string, value: number): number => {
  if (Number.isFinite(value) && value > 0) return value;
  throw invalid(actor, `a number above 0 as ${what}`, String(value));
};
