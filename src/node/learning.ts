import type { OperatorFunction } from "rxjs";
import type { Batch } from "../graph/batch.ts";
import type { Model } from "../graph/model.ts";
import { fault } from "../math/invalid.ts";
import type { Step } from "../streams/train.ts";

/**
 * What a worker does: a model, and the operator that learns with it, such as `train(model, …)` or `prequential(model, …)`.
 * What the operator emits must be cloneable: numbers, strings, matrices, and objects and arrays of those.
 */
export interface Learning<S extends object = Step> {
  readonly model: Model;
  readonly learn: OperatorFunction<Batch, S>;
}

/** Sets up the learning in either thread; it must make the same model each time. It gets the option `data`. */
export type Setup<S extends object = Step> = (data?: never) => Learning<S> | Promise<Learning<S>>;

/** Sets up what the module at an address exports as `learning`. */
export const learningOf = async <S extends object>(
  actor: string,
  address: string,
  data: unknown,
): Promise<Learning<S>> => {
  const { learning } = (await import(address)) as { readonly learning?: (data: unknown) => unknown };
  if (typeof learning !== "function")
    throw fault(actor, "a module that exports a function `learning`", typeof learning);
  const made = (await learning(data)) as Partial<Learning<S>> | undefined;
  if (typeof made?.model?.predict !== "function" || typeof made.learn !== "function")
    throw fault(
      actor,
      "`learning` to return { model, learn }, such as { model: net, learn: train(net, …) }",
      inWords(made),
    );
  return made as Learning<S>;
};

const inWords = (made: object | undefined): string =>
  made && typeof made === "object" ? `{ ${Object.keys(made).join(", ")} }` : String(made);
