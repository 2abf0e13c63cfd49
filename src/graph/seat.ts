import { detached } from "../formats/detached.ts";
import type { Matrix } from "../math/matrix.ts";
import type { Batch } from "./batch.ts";
import { forgetRenewed } from "./forget.ts";
import type { GuardedOptions, Learned } from "./learning.ts";
import type { Model } from "./model.ts";
import { putParts } from "./partStates.ts";
import type { PartState } from "./parts.ts";
import { trainer } from "./trainer.ts";

/** What a batch came to, with what the model answered before it learned. */
export interface Answered extends Learned {
  readonly prediction: Matrix;
}

/** A training in a model, which may go on in another model of the same plan. */
export interface Seat {
  readonly model: Model;
  /** Answers, then learns. @throws InvalidInputError for bad data, before anything has changed. */
  learn(batch: Batch): Answered;
  /** A copy of what the training keeps besides weights: the states of its rule and of its guard. */
  states(): readonly PartState[];
  close(): void;
}

/** Starts a training: anew (or from what was loaded), or from the states of one that was closed. */
export const seat = (
  model: Model,
  options: GuardedOptions,
  actor: string,
  states: readonly PartState[] = [],
): Seat => {
  const { parts } = model.weights;
  const others = new Set(parts.running);
  if (states.length > 0) {
    const own = { running: new Set<never>(), waiting: parts.waiting };
    putParts(actor, own, states);
    parts.waiting = [...own.waiting, ...parts.waiting];
  }
  const engine = trainer(model, options, actor);
  const own = [...parts.running].filter((part) => !others.has(part));
  let closed = false;
  const modal = model.nodes.some(({ layer }) => layer.modal);
  const answerTo = (batch: Batch): Matrix => {
    forgetRenewed(actor, model, batch);
    engine.check(batch);
    return model.predict(batch.x);
  };
  return {
    model,
    learn: (batch) => {
      const answer = modal ? answerTo(batch) : undefined; // for other layers one forward pass serves both
      const learned = engine.learn(batch);
      return { ...learned, prediction: answer ?? engine.prediction() };
    },
    states: () => own.map((part) => ({ source: part.source, state: detached(part.get()) })),
    close: () => {
      if (closed) return; // a tap that is told of the end may end it again
      closed = true;
      engine.close();
    },
  };
};
