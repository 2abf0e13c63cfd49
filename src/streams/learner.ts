import type { Batch } from "../graph/batch.ts";
import type { GuardedOptions, Learned } from "../graph/learning.ts";
import type { Model } from "../graph/model.ts";
import type { Renewal } from "../graph/renewal.ts";
import { trainer } from "../graph/trainer.ts";
import { knownOptions } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import { oneSample } from "./oneSample.ts";
import type { Sample } from "./sample.ts";

/** A model that learns by plain calls. */
export interface Learner {
  /** Learns from one example; returns the loss before it did. @throws InvalidInputError, and nothing has changed. */
  learnOne(x: Sample["x"], y: Sample["y"], weight?: number): Learned;
  /** Learns from one batch, as one optimizer step. @throws InvalidInputError, and nothing has changed. */
  learnBatch(batch: Batch): Learned;
  /** Answers one row of numbers with a row, or a matrix with a matrix. */
  predict(x: readonly number[]): number[];
  predict(x: Matrix): Matrix;
  /** Forgets what the model has learned of columns that got another meaning: see {@link forget}. */
  forget(renewal: Renewal): void;
  close(): void;
}

/** For those who want no streams: the same engine, called. A bad example throws, and the learner goes on. */
export const learner = (model: Model, options: GuardedOptions): Learner => {
  knownOptions("learner()", options, ["loss", "optimizer", "classWeight", "guard"]);
  const engine = trainer(model, options, "learner()");
  const learnBatch = (batch: Batch): Learned => {
    if (model.busy)
      throw new Error("learner() expects the batch in flight to be done before the next, got one meanwhile");
    let learned: Learned | undefined;
    model.turn((one) => {
      learned = engine.learn(one);
    }, batch);
    return learned!;
  };
  const answer = (x: Matrix | readonly number[]): Matrix | number[] =>
    "data" in x ? model.predict(x) : Array.from(model.predict(x).data);
  return {
    learnOne: (x, y, weight) => learnBatch(oneSample("learner()", x, y, weight)),
    learnBatch,
    predict: answer as Learner["predict"],
    forget: engine.forget,
    close: engine.close,
  };
};
