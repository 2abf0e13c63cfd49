import type { Scored } from "../folds/scored.ts";
import type { Batch } from "../graph/batch.ts";
import { forgetRenewed } from "../graph/forget.ts";
import type { GuardedOptions, Learned } from "../graph/learning.ts";
import type { Model } from "../graph/model.ts";
import type { Renewal } from "../graph/renewal.ts";
import { trainer } from "../graph/trainer.ts";
import type { Matrix } from "../math/matrix.ts";
import { type Slab, slab } from "../math/slab.ts";
import { checkSample } from "./checkSample.ts";
import { collector } from "./collector.ts";
import type { DelayedStep } from "./delayedStep.ts";
import { keptStates } from "./keptStates.ts";
import { metering } from "./metering.ts";
import type { Metrics } from "./metrics.ts";
import { ownSample } from "./ownSample.ts";
import { type RenewalsState, renewals, renewalsState } from "./renewals.ts";
import type { Sample, SparseSample } from "./sample.ts";
import { usesRenewed } from "./usesRenewed.ts";

/** An item that was predicted: its features as they were then, and its label, which the model must not know yet. */
export interface Question<Item> {
  readonly item: Item;
  readonly sample: Sample | SparseSample;
  readonly position: number;
  /** What the model said, unless the item knows. */
  readonly prediction: Matrix | undefined;
}

/** What waits to be learned, and what was renewed: plain data. */
export interface AnsweringState {
  readonly waiting: { readonly sample: Sample | SparseSample; readonly position: number }[];
  readonly renewed: RenewalsState;
}

export const answeringState = (): AnsweringState => ({ waiting: [], renewed: renewalsState() });

/** Scores predictions when their labels come, and learns from these in batches. */
export interface Answering<Item, M extends Metrics> {
  /** Scores a prediction and learns from the label, if that fills a batch, or is the last; undefined for what is refused. */
  answer(question: Question<Item>, prediction: Matrix, last: boolean): DelayedStep<Item, M> | undefined;
  /**
   * Forgets what the sample at `position` renewed. Labels that wait for their batch, and use it, are learned before; those that
   * are still to come are learned without it, and not at all if their class has made way.
   */
  renew(renewal: Renewal, position: number): void;
  /** Learns from what did not fill a batch. */
  rest(): void;
  close(): void;
}

export interface AnsweringOptions<M extends Metrics> extends GuardedOptions {
  readonly metrics?: M;
  readonly batchSize: number;
}

export const answering = <Item, M extends Metrics>(
  actor: string,
  model: Model,
  { metrics, batchSize, loss, optimizer, classWeight, guard }: AnsweringOptions<M>,
  refuse: (batch: unknown, error: unknown) => void,
  kept?: AnsweringState,
): Answering<Item, M> => {
  const learning = {
    ...{ loss, optimizer },
    ...(classWeight ? { classWeight } : {}),
    ...(guard ? { guard } : {}),
  };
  const engine = trainer(model, learning, actor);
  const { inputs, outputs, weights } = model;
  const sound = { inputs, precision: weights.kernels.precision };
  const { states, close } = keptStates(actor, model, metrics, engine);
  const read = metering(actor, metrics, states);
  const samples = collector(actor, batchSize);
  const renewed = renewals(kept?.renewed);
  const fresh = slab();
  let waiting = 0;
  for (const { sample, position } of kept?.waiting ?? []) waiting = samples.push(sample, position);

  /** The label as a matrix, and its sample among those to learn from; undefined if it is refused. */
  const take = ({ item, sample, position }: Question<Item>): Matrix | undefined => {
    try {
      checkSample(actor, sample, position, sound);
      const target = rowOf(fresh, sample.y);
      if (outputs !== undefined) loss.check(target, outputs);
      const current = renewed.without(sample, position);
      if (current) {
        waiting = samples.push(current, position);
        kept?.waiting.push({ sample: ownSample(actor, current), position }); // the collector has no eyes for others
      }
      return target;
    } catch (error) {
      refuse(item, error);
      return undefined;
    }
  };
  const rest = (): Learned | undefined => {
    if (waiting === 0) return undefined;
    waiting = 0;
    if (kept) kept.waiting.length = 0;
    const batch: Batch = samples.take();
    try {
      return engine.learn(batch);
    } catch (error) {
      refuse(batch, error);
      return undefined;
    }
  };

  return {
    answer: (question, prediction, last) => {
      const target = take(question);
      if (!target) return undefined;
      const { item, sample } = question;
      const { weight: w } = sample;
      const step: Scored & { readonly item: Item; metrics: unknown; learned?: Learned } =
        w === undefined
          ? { item, prediction, target, metrics: none }
          : { item, prediction, target, weight: rowOf(fresh, w), metrics: none };
      step.metrics = read(step);
      const learned = waiting === batchSize || last ? rest() : undefined;
      if (learned) step.learned = learned;
      return step as unknown as DelayedStep<Item, M>;
    },
    renew: (renewal, position) => {
      const { inputs = [], indices = [], outputs = [] } = renewal;
      if (inputs.length + indices.length + outputs.length === 0) return;
      if (waiting > 0 && usesRenewed(samples.peek(), renewal)) rest();
      forgetRenewed(actor, model, { renewed: renewal });
      renewed.note(renewal, position);
    },
    rest: () => void rest(),
    close,
  };
};

const rowOf = (fresh: Slab, numbers: number | ArrayLike<number>): Matrix => {
  const list = typeof numbers === "number" ? [numbers] : numbers;
  const data = fresh(list.length);
  for (let j = 0; j < data.length; j++) data[j] = list[j]!;
  return { rows: 1, cols: data.length, data };
};

/** What a step has for metrics until they have seen it. */
const none: Record<string, unknown> = {};
