import { whole } from "../math/invalid.ts";
import {
  concept,
  inTurns,
  type Pullable,
  type SyntheticOptions,
  type SyntheticSample,
  synthetic,
} from "./synthetic.ts";

export interface SineConceptOptions extends SyntheticOptions {
  /** How many numbers there are that mean nothing. */
  readonly irrelevant?: number;
  /** As many of each class, in turns. */
  readonly balanced?: boolean;
}

const sine1 = (a: number, b: number) => a < Math.sin(b);
const sine2 = (a: number, b: number) => a < 0.5 + 0.3 * Math.sin(3 * Math.PI * b);

const rules = [sine1, (a: number, b: number) => !sine1(a, b), sine2, (a: number, b: number) => !sine2(a, b)];

/**
 * The sine concepts (Gama et al., SBIA 2004): two numbers from 0 to 1; y is 1 below a curve. Concept 0 is SINE1,
 * x₀ < sin x₁; 2 is SINE2, x₀ < ½ + 0.3·sin(3π·x₁); 1 and 3 are their reverses, where all labels are the other.
 * @throws InvalidInputError on a concept or options out of range.
 */
export const sineConcept = (
  which = 0,
  { irrelevant = 0, balanced = false, ...options }: SineConceptOptions = {},
): Pullable<SyntheticSample> => {
  const actor = "sineConcept()";
  const rule = concept(actor, rules, which);
  whole(actor, "irrelevant", irrelevant, 0);
  return synthetic(actor, ["irrelevant", "balanced"], options, (rng) => {
    const next = () => {
      const x = Array.from({ length: 2 + irrelevant }, () => rng.uniform());
      return { x, y: Number(rule(x[0]!, x[1]!)) };
    };
    return balanced ? inTurns(next) : next;
  });
};
