import type { GuardedOptions } from "../graph/learning.ts";
import type { Model } from "../graph/model.ts";
import { invalid, inWords, knownOptions } from "../math/invalid.ts";

/** A model, and how it learns. */
export interface Contestant extends GuardedOptions {
  readonly model: Model;
}

/** Refuses two that cannot serve in each other's place. @throws InvalidInputError */
export const checkContestants = (actor: string, champion: Contestant, challenger: Contestant): void => {
  for (const [role, one] of Object.entries({ champion, challenger })) {
    knownOptions(`${actor} in ${role}`, one, ["model", "loss", "optimizer", "classWeight", "guard"]);
    if (typeof one.model?.predict !== "function")
      throw invalid(actor, `a model for the ${role}`, inWords(one.model));
    if (typeof one.loss !== "function")
      throw invalid(actor, `a loss for the ${role}, such as meanSquaredError()`, inWords(one.loss));
    if (typeof one.optimizer?.update !== "function")
      throw invalid(actor, `an optimizer for the ${role}, such as adam(1e-3)`, inWords(one.optimizer));
  }
  const [a, b] = [champion.model, challenger.model];
  if (a === b) throw invalid(actor, "a model of its own for the challenger", "that of the champion");
  for (const side of ["inputs", "outputs"] as const)
    if (a[side] !== undefined && b[side] !== undefined && a[side] !== b[side])
      throw invalid(actor, `a challenger of ${a[side]} ${side}, as the champion has`, String(b[side]));
};

/** Whether weights of one can stand in the memory of the other. */
export const interchangeable = (a: Model, b: Model): boolean =>
  a.plan.source === b.plan.source && a.weights.kernels.precision === b.weights.kernels.precision;
