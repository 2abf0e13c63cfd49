import type { Batch } from "../graph/batch.ts";
import type { Learned, TrainerOptions } from "../graph/learning.ts";
import type { Model } from "../graph/model.ts";
import { trainer } from "../graph/trainer.ts";
import { blame } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import { collector } from "./collector.ts";
import type { DelayedStep } from "./delayedStep.ts";
import type { Metrics } from "./prequential.ts";
import { recordOf } from "./recordOf.ts";
import type { Sample } from "./sample.ts";

/** An item that was predicted: its features as they were then, and its label, which the model must not know yet. */
export interface Question<Item> {
  readonly item: Item;
  readonly sample: Sample;
  readonly position: number;
  /** What the model said, unless the item knows. */
  readonly prediction: Matrix | undefined;
}

/** Scores predictions when their labels come, and learns from these in batches. */
export interface Answering<Item, M extends Metrics> {
  /** Scores a prediction and learns from the label, if that fills a batch, or is the last; undefined for what is refused. */
  answer(question: Question<Item>, prediction: Matrix, last: boolean): DelayedStep<Item, M> | undefined;
  /** Learns from what did not fill a batch. */
  rest(): void;
  close(): void;
}

export const answering = <Item, M extends Metrics>(
  actor: string,
  model: Model,
  { metrics, batchSize, loss, optimizer, classWeight }: AnsweringOptions<M>,
  refuse: (batch: unknown, error: unknown) => void,
): Answering<Item, M> => {
  const engine = trainer(model, { loss, optimizer, ...(classWeight ? { classWeight } : {}) }, actor);
  const names = Object.keys(metrics ?? {});
  const folds = Object.values(metrics ?? {});
  const states = folds.map((fold) => fold.init());
  let single = collector(actor, 1);
  const several = collector(actor, batchSize);
  let waiting = 0;

  const score = (step: DelayedStep<Item, M>): Record<string, unknown> => {
    const readings = folds.map((fold, i) => {
      try {
        states[i] = fold.step(states[i], step);
        return fold.read(states[i]);
      } catch (error) {
        throw blame(`${actor} in ${names[i]}`, error); // the item is not to blame
      }
    });
    return recordOf(names, readings);
  };
  /** A sample as a batch of one row, unless it is refused. */
  const read = (sample: Sample, position: number, item: Item): Batch | undefined => {
    try {
      single.push(sample, position);
      const batch = single.take();
      engine.check(batch);
      return batch;
    } catch (error) {
      single = collector(actor, 1); // the next need not be as wide as this one
      refuse(item, error);
      return undefined;
    }
  };
  const rest = (): Learned | undefined => {
    if (waiting === 0) return undefined;
    waiting = 0;
    return attempt(several.take(), engine.learn);
  };
  /** Does something with a batch that may be refused. */
  const attempt = <Result>(batch: Batch, job: (batch: Batch) => Result): Result | undefined => {
    try {
      return job(batch);
    } catch (error) {
      refuse(batch, error);
      return undefined;
    }
  };
  const gather = ({ x, y, weight }: Batch): void => {
    const sample = { x: x.data, y: y.data };
    waiting = several.push(weight ? { ...sample, weight: weight.data[0]! } : sample, waiting);
  };
  const learn = (batch: Batch, last: boolean): Learned | undefined => {
    if (batchSize === 1) return attempt(batch, engine.learn);
    attempt(batch, gather);
    return waiting === batchSize || last ? rest() : undefined;
  };

  return {
    answer: ({ item, sample, position }, prediction, last) => {
      const batch = read(sample, position, item);
      if (!batch) return undefined;
      const { y: target, weight } = batch;
      const step = {
        item,
        prediction,
        target,
        ...(weight ? { weight } : {}),
        metrics: none,
      } as DelayedStep<Item, M> & { metrics: unknown; learned?: Learned };
      step.metrics = score(step) as typeof step.metrics;
      const learned = learn(batch, last);
      return learned ? { ...step, learned } : step;
    },
    rest: () => void rest(),
    close: engine.close,
  };
};

export interface AnsweringOptions<M extends Metrics> extends TrainerOptions {
  readonly metrics?: M;
  readonly batchSize: number;
}

/** What a step has for metrics until they have seen it. */
const none: Record<string, unknown> = {};
