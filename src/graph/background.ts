import { detached } from "../formats/detached.ts";
import { checkState } from "../formats/putState.ts";
import { invalid } from "../math/invalid.ts";
import type { Batch } from "./batch.ts";
import type { Keeper } from "./keeper.ts";
import type { TrainerOptions } from "./learning.ts";
import { type Model, model } from "./model.ts";
import { checkParts, partStates, putParts } from "./partStates.ts";
import type { PartState } from "./parts.ts";
import { putBack, type Snapshot, snapshot } from "./snapshot.ts";
import { trainer } from "./trainer.ts";

/** What a background model has come to. */
export interface BackgroundState extends Snapshot {
  /** The random states of its layers. */
  readonly random: readonly Uint32Array[];
  readonly parts: readonly PartState[];
}

/** A second model of the same plan that learns beside a first, in the same memory. */
export interface Background {
  readonly model: Model;
  learn(batch: Batch): void;
  /** A copy of all that it has come to: plain data. */
  state(): BackgroundState;
  /** Gives the first its weights, its running statistics and the state of its optimizer. */
  takeThePlace(keeper: Keeper): void;
  close(): void;
}

/**
 * Starts a model like another, with weights of its own from `seed`, or where one like it had come to.
 * @throws InvalidInputError for a state that is not of such a model.
 */
export const background = (
  { plan, weights }: Model,
  { loss, optimizer, classWeight }: TrainerOptions,
  seed: number,
  from?: BackgroundState,
): Background => {
  const { kernels } = weights;
  const second = model(plan, { seed, kernels });
  const engine = trainer(second, { loss, optimizer, ...(classWeight ? { classWeight } : {}) }, actor);
  const { layers, parts } = second.weights;
  const state = (): BackgroundState => ({
    ...snapshot(second.weights),
    random: layers.map(({ random }) => random.state.slice()),
    parts: detached(partStates(parts)) as readonly PartState[],
  });
  const close = (): void => {
    engine.close();
    second.dispose();
    const { values, gradients, buffers } = second.weights;
    for (const { store } of [values, gradients, buffers]) if (store) kernels.free(store);
  };
  const goOn = (saved: BackgroundState): void => {
    const own = state();
    checkState(actor, "background model", own, saved);
    const numbers = ({ values, buffers, random }: BackgroundState) =>
      [values, buffers, ...random].map(({ length }) => length).join(", ");
    if (numbers(saved) !== numbers(own))
      throw invalid(actor, `${numbers(own)} numbers in a background model`, numbers(saved));
    checkParts(actor, parts, saved.parts);
    putBack(second.weights, saved);
    layers.forEach(({ random }, i) => {
      random.state.set(saved.random[i]!);
    });
    putParts(actor, parts, saved.parts);
  };
  if (from)
    try {
      goOn(from);
    } catch (error) {
      close();
      throw error;
    }
  return {
    model: second,
    state,
    learn: (batch) => void engine.learn(batch),
    takeThePlace: (keeper) => {
      const [own] = second.weights.rules;
      weights.values.data.set(second.weights.values.data);
      weights.buffers.data.set(second.weights.buffers.data);
      keeper.exchange(own!);
    },
    close,
  };
};

const actor = "background";
