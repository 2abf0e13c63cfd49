import type { OperatorFunction } from "rxjs";
import type { Batch } from "../graph/batch.ts";
import { checkBatch } from "../graph/checkBatch.ts";
import type { Guarded } from "../graph/guarding.ts";
import type { GuardedOptions } from "../graph/learning.ts";
import type { Model } from "../graph/model.ts";
import { takePartBeside } from "../graph/parts.ts";
import { trainer } from "../graph/trainer.ts";
import { blame, knownOptions, whole } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import { stepping } from "./stepping.ts";

/** What one batch taught. */
export interface Step {
  /** Which graph of the model, and which batch of the training: 0, 1, 2, …, or on from that of a saved training. */
  readonly run: number;
  readonly id: number;
  /** Rows of the batch. */
  readonly size: number;
  /** The loss of the batch before this step's update. */
  readonly loss: number;
  /** How the training stands, if it has a `guard`. */
  readonly guard?: Guarded;
  /** The loss of the validation batch after this step's update, on the steps that compute it. */
  readonly validationLoss?: number;
}

/** A step with what the model answered, ready for metrics: `withFolds({ accuracy: accuracy() })`. */
export interface ScoredStep extends Step {
  /** A copy, from before this step's update: n × outputs. */
  readonly prediction: Matrix;
  readonly target: Matrix;
  readonly weight?: Matrix;
}

export interface TrainOptions extends GuardedOptions {
  /** What to do with bad data: end with an error (the default), or drop the batch and report it on `model.rejected$`. */
  readonly onInvalid?: "error" | "skip";
  /** A batch to compute `validationLoss` on, in inference mode, after every step or every so many. */
  readonly validation?: Batch & { readonly every?: number };
  /** Whether each step carries a copy of the prediction, and the target. */
  readonly predictions?: boolean;
}

/**
 * Learns from each batch: forward, loss, backward, one optimizer step; emits what came of it. One run is shared by all
 * who subscribe; subscribing again after its end starts a new optimizer on the same weights. A batch that is pushed while
 * another is handled waits its turn.
 * @throws InvalidInputError on the stream, for shapes that do not fit and numbers that are not finite, before anything changes.
 */
export function train(
  model: Model,
  options: TrainOptions & { readonly predictions: true },
): OperatorFunction<Batch, ScoredStep>;
export function train(model: Model, options: TrainOptions): OperatorFunction<Batch, Step>;
export function train(model: Model, options: TrainOptions): OperatorFunction<Batch, Step> {
  knownOptions("train()", options, names);
  const { validation, predictions = false, onInvalid, loss } = options;
  const every = whole("train()", "validation.every", validation?.every ?? 1);
  const validate = ({ x, y, weight }: Batch): { readonly validationLoss: number } => {
    try {
      return { validationLoss: loss(model.predict(x), y, weight).value };
    } catch (error) {
      throw blame("train() in validation", error);
    }
  };
  return (batches$) =>
    stepping(batches$, model, onInvalid, "train()", () => {
      if (validation) checkBatch("train() in validation", validation, model, loss);
      const engine = trainer(model, options, "train()");
      let steps = 0;
      const counting = {
        source: "validation of train()",
        get: () => steps,
        set: (saved: unknown) => {
          steps = saved as number;
        },
      };
      return {
        close: every > 1 ? takePartBeside(engine, model.weights.parts, counting) : engine.close,
        next: (batch) => {
          const learned = engine.learn(batch);
          const scored = predictions
            ? {
                prediction: loss.answer?.(engine.prediction()) ?? engine.prediction(),
                target: batch.y,
                ...(batch.weight ? { weight: batch.weight } : {}),
              }
            : undefined;
          const validated = validation && steps++ % every === 0 ? validate(validation) : undefined;
          return scored || validated ? { ...learned, ...scored, ...validated } : learned;
        },
      };
    });
}

const names = [
  "loss",
  "optimizer",
  "classWeight",
  "guard",
  "onInvalid",
  "validation",
  "predictions",
] as const;
