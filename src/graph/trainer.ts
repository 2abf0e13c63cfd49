import { invalid } from "../math/invalid.ts";
import { copyOf, type Matrix, zeros } from "../math/matrix.ts";
import type { Batch } from "./batch.ts";
import { checkBatch } from "./checkBatch.ts";
import { forget, forgetRenewed } from "./forget.ts";
import { type GuardedOptions, type Learned, Learning } from "./learning.ts";
import type { Model } from "./model.ts";
import type { Renewal } from "./renewal.ts";

/** A model that learns, one batch at a time; the engine under `train`, `prequential` and `learner`. */
export interface Trainer {
  /** Learns from one batch. @throws InvalidInputError for bad data, before anything has changed. */
  learn(batch: Batch): Learned;
  /** Refuses what `learn` would refuse for its shapes and numbers. @throws InvalidInputError */
  check(batch: Batch): void;
  /** A copy of what the model answered to the batch that was learned last, before it learned. */
  prediction(): Matrix;
  /** Forgets what the model has learned of columns that got another meaning; so do all rules at work on it: see {@link forget}. */
  forget(renewal: Renewal): void;
  close(): void;
}

/** Starts a new optimizer on the model's weights. */
export const trainer = (model: Model, options: GuardedOptions, actor = "train()"): Trainer => {
  const { loss, optimizer } = options;
  if (typeof loss !== "function") throw invalid(actor, "a loss, such as meanSquaredError()", typeof loss);
  if (typeof optimizer?.update !== "function")
    throw invalid(actor, "an optimizer, such as adam(1e-3)", typeof optimizer);
  if (options.guard !== undefined && typeof options.guard?.watch !== "function")
    throw invalid(actor, "a guard, such as guard()", typeof options.guard);
  const learning = new Learning(model, options, actor);
  return {
    learn: (batch) => {
      forgetRenewed(actor, model, batch);
      return learning.learn(batch);
    },
    check: (batch) => checkBatch(actor, batch, model, loss),
    prediction: () => copyOf(learning.output ?? zeros(0, 0)),
    forget: (renewal) => forget(model, renewal),
    close: () => learning.close(),
  };
};
