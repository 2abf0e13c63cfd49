import { weighClasses } from "../losses/classWeights.ts";
import type { Loss } from "../losses/loss.ts";
import { invalid } from "../math/invalid.ts";
import { copyOf, type Matrix, zeros } from "../math/matrix.ts";
import type { Rule } from "../optimizers/rule.ts";
import type { Batch } from "./batch.ts";
import { checkAllButNumbers, checkBatch } from "./checkBatch.ts";
import { admitFinite } from "./checkInput.ts";
import { dice } from "./dice.ts";
import { listen } from "./listen.ts";
import type { Model } from "./model.ts";
import { rowBuffers } from "./rowBuffers.ts";
import type { Run } from "./run.ts";
import { scorer } from "./scorer.ts";
import { updater } from "./updater.ts";

export interface TrainerOptions {
  readonly loss: Loss;
  readonly optimizer: Rule;
  /** How much each class counts; it multiplies the weights of the samples. */
  readonly classWeight?: Readonly<Record<number, number>> | readonly number[];
}

/** What learning from a batch came to: the loss is that of before the update. */
export interface Learned {
  readonly run: number;
  readonly id: number;
  readonly size: number;
  readonly loss: number;
}

/** A model that learns, one batch at a time; the engine under `train`, `prequential` and `learner`. */
export interface Trainer {
  /** Learns from one batch. @throws InvalidInputError for bad data, before anything has changed. */
  learn(batch: Batch): Learned;
  /** Refuses what `learn` would refuse for its shapes and numbers. @throws InvalidInputError */
  check(batch: Batch): void;
  /** A copy of what the model answered to the batch that was learned last, before it learned. */
  prediction(): Matrix;
  close(): void;
}

/** Starts a new optimizer on the model's weights. */
export const trainer = (
  model: Model,
  { loss, optimizer, classWeight }: TrainerOptions,
  actor = "train()",
): Trainer => {
  if (typeof loss !== "function") throw invalid(actor, "a loss, such as meanSquaredError()", typeof loss);
  if (typeof optimizer?.update !== "function")
    throw invalid(actor, "an optimizer, such as adam(1e-3)", typeof optimizer);
  const { inputs, outputs, weights } = model;
  const shape = { inputs, outputs, weights };
  const rule = updater(optimizer, weights);
  const random = dice(model);
  const admit = { x: weights.kernels.inlet(), y: weights.kernels.inlet(), weight: weights.kernels.inlet() };
  const gradients = rowBuffers(weights.kernels);
  const frame = { id: -1, mode: "train" as const, value: undefined as unknown as Matrix };
  let run: Run | undefined;
  let returned = false;
  let failure: { readonly error: unknown } | undefined;
  let y: Matrix;
  let weight: Matrix | undefined;
  let value = Number.NaN;
  let output: Matrix;

  const fail = (error: unknown) => {
    failure ??= { error };
  };
  const open = (): Run => {
    const opened = model.start("train");
    const scores = scorer(loss, opened, gradients, actor);
    const { preActivation } = scores;
    const up = { id: 0, mode: "train" as const, value: undefined as unknown as Matrix, preActivation };
    listen(opened.output.value$, {
      next: ({ id, value: prediction }) => {
        try {
          output = prediction;
          up.value = scores.gradient(prediction, y, weight);
          value = scores.value;
          up.id = id;
        } catch (error) {
          fail(error);
          return;
        }
        opened.output.grad.next(up);
      },
      error: fail,
      complete: () => {
        run = undefined; // the model was disposed; starting another run says so
      },
    });
    listen(opened.input.grad$, {
      next: () => {
        returned = true;
      },
      error: fail,
      complete: () => {},
    });
    return opened;
  };
  const takeDown = (): void => {
    run?.close();
    run = undefined;
  };

  return {
    check: (batch) => checkBatch(actor, batch, shape, loss),
    learn: (batch) => {
      checkAllButNumbers(actor, batch, shape, loss);
      const x = admitFinite(actor, batch.x, admit.x, weights.kernels);
      const weighted = classWeight ? weighClasses(classWeight, batch.y, batch.weight) : batch.weight;
      y = admit.y.admit(batch.y);
      weight = weighted && admit.weight.admit(weighted);
      run ??= open();
      const { id } = run;
      frame.id++;
      frame.value = x;
      returned = false;
      random.keep();
      try {
        run.input.value.next(frame);
        if (failure) throw failure.error;
        if (!returned)
          throw new Error(
            `${actor} expects the gradient of batch ${frame.id} back at the input, got none: a wire has a loose end, or was closed`,
          );
        rule.update(value);
      } catch (error) {
        failure = undefined;
        takeDown(); // its wires may have ended with the error; the next batch gets a new graph
        weights.settle(true);
        random.restore();
        throw error;
      }
      return { run: id, id: frame.id, size: batch.x.rows, loss: value };
    },
    prediction: () => copyOf(output ?? zeros(0, 0)),
    close: () => {
      takeDown();
      rule.close();
      for (const inlet of Object.values(admit)) inlet.free();
      gradients.free();
    },
  };
};
