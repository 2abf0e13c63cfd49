import type { Batch } from "./batch.ts";
import type { Keeper } from "./keeper.ts";
import type { TrainerOptions } from "./learning.ts";
import { type Model, model } from "./model.ts";
import { trainer } from "./trainer.ts";

/** A second model of the same plan that learns beside a first, in the same memory. */
export interface Background {
  readonly model: Model;
  learn(batch: Batch): void;
  /** Gives the first its weights, its running statistics and the state of its optimizer. */
  takeThePlace(keeper: Keeper): void;
  close(): void;
}

/** Starts a model like another, with weights of its own from `seed`. */
export const background = (
  { plan, weights }: Model,
  { loss, optimizer, classWeight }: TrainerOptions,
  seed: number,
): Background => {
  const { kernels } = weights;
  const second = model(plan, { seed, kernels });
  const engine = trainer(second, { loss, optimizer, ...(classWeight ? { classWeight } : {}) }, "background");
  return {
    model: second,
    learn: (batch) => void engine.learn(batch),
    takeThePlace: (keeper) => {
      const [own] = second.weights.rules;
      weights.values.data.set(second.weights.values.data);
      weights.buffers.data.set(second.weights.buffers.data);
      keeper.exchange(own!);
    },
    close: () => {
      engine.close();
      second.dispose();
      const { values, gradients, buffers } = second.weights;
      for (const { store } of [values, gradients, buffers]) if (store) kernels.free(store);
    },
  };
};
