import type { GuardedOptions } from "../graph/learning.ts";
import type { Model } from "../graph/model.ts";
import type { Loss } from "../losses/loss.ts";
import { invalid, knownOptions } from "../math/invalid.ts";

/** One learner of a pool. */
export interface Candidate<Name extends string = string> extends Omit<GuardedOptions, "loss"> {
  readonly name: Name;
  /** Its own: no two of a pool share one. */
  readonly model: Model;
  /** What it learns by; that of the pool unless told otherwise, as for `hedged`. */
  readonly loss?: Loss;
}

/** Refuses candidates that cannot be in one pool. @throws InvalidInputError */
export const checkCandidates = (actor: string, candidates: readonly Candidate[]): void => {
  if (!Array.isArray(candidates) || candidates.length === 0)
    throw invalid(actor, "at least one candidate", Array.isArray(candidates) ? "none" : typeof candidates);
  const given = candidates as readonly Candidate[];
  const [first] = given as readonly [Candidate];
  given.forEach((one, i) => {
    knownOptions(`${actor} in candidate ${i}`, one, [
      ...(["name", "model", "loss", "optimizer", "classWeight", "guard"] as const),
    ]);
    const { name, model } = one;
    if (typeof name !== "string" || name === "")
      throw invalid(actor, `a name for candidate ${i}`, String(name));
    if (given.findIndex((other) => other.name === name) < i)
      throw invalid(actor, "a name of its own for each candidate", `"${name}" twice`);
    if (typeof model?.predict !== "function") throw invalid(actor, `a model for ${name}`, typeof model);
    if (given.findIndex((other) => other.model === model) < i)
      throw invalid(actor, "a model of its own for each candidate", `that of ${name} twice`);
    for (const side of ["inputs", "outputs"] as const)
      if (first.model[side] !== undefined && model[side] !== undefined && model[side] !== first.model[side])
        throw invalid(
          actor,
          `models of ${first.model[side]} ${side}, as ${first.name} has`,
          `${model[side]} in ${name}`,
        );
  });
};
