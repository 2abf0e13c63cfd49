import { Observable, type OperatorFunction, share } from "rxjs";
import { Lane } from "../graph/lane.ts";
import type { TrainerOptions } from "../graph/learning.ts";
import type { Model } from "../graph/model.ts";
import { invalid, isInvalidInput, knownOptions, whole } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import { answering, type Question } from "./answering.ts";
import type { DelayedStep } from "./delayedStep.ts";
import { eventQueue, eventTime } from "./eventQueue.ts";
import type { Metrics } from "./metrics.ts";
import { ownSample } from "./ownSample.ts";
import { receive } from "./receive.ts";
import type { Sample, SparseSample } from "./sample.ts";

export interface DelayedPrequentialOptions<Item, M extends Metrics> extends TrainerOptions {
  /** When an item is to be predicted, in any unit. */
  readonly moment: (item: Item) => number;
  /** How long after that its label comes, in the same unit. */
  readonly delay: number | ((item: Item) => number);
  /**
   * The features of an item and its label, read when it is predicted, and kept until the label comes: arrays that are reused must
   * be copied here. Without it the items are the samples, and copied.
   */
  readonly sample?: (item: Item) => Sample | SparseSample;
  /** What was predicted, 1 × m, for items that bring it along, read when the label comes; otherwise the model is asked at their moment. */
  readonly prediction?: (item: Item) => Matrix;
  readonly metrics?: M;
  /** How many labels make up a batch to learn from. */
  readonly batchSize?: number;
  /** More than this many items without their label are an error. */
  readonly maxPending?: number;
  readonly onInvalid?: "error" | "skip";
}

/**
 * Test, then train, when labels come late (Plasse & Adams, 2016; Grzenda, Gomes & Bifet, 2020): replays items in the order in which they were to be
 * predicted. Each is predicted at its `moment` with the model of then; its label comes `delay` later, and only then is that
 * prediction scored, and the model learns from the features of then. The order of questions and answers is that of River's
 * `simulate_qa`: answers that are due come before the next question, those due at the same time in the order of their questions,
 * and the rest at the end. Emits a step for each label; steps of one run are shared by all who subscribe.
 *
 * What a sample says was renewed (see {@link forget}) is forgotten before it is predicted; labels of earlier samples that use it
 * are learned without it, and not at all if it was their class.
 * @example
 * flights$.pipe(delayedPrequential(net, {
 *   moment: ({ departed }) => departed, delay: ({ departed, landed }) => landed - departed,
 *   loss: binaryCrossentropy(), optimizer: adam(1e-3), metrics: { logLoss: fading(0.999, logLoss()) }, batchSize: 32,
 * }));
 * @throws InvalidInputError on the stream, for bad data and times that are not finite, before anything changes, and when too
 * many wait; with `onInvalid: "skip"` the item is dropped and told of on `model.rejected$`.
 */
export function delayedPrequential<Item, const M extends Metrics = Record<never, never>>(
  model: Model,
  options: DelayedPrequentialOptions<Item, M> & { readonly sample: (item: Item) => Sample | SparseSample },
): OperatorFunction<Item, DelayedStep<Item, M>>;
export function delayedPrequential<
  Item extends Sample | SparseSample,
  const M extends Metrics = Record<never, never>,
>(model: Model, options: DelayedPrequentialOptions<Item, M>): OperatorFunction<Item, DelayedStep<Item, M>>;
export function delayedPrequential<Item, M extends Metrics>(
  model: Model,
  options: DelayedPrequentialOptions<Item, M>,
): OperatorFunction<Item, DelayedStep<Item, M>> {
  knownOptions(actor, options, names);
  const {
    moment,
    delay,
    sample = (item: Item) => ownSample(actor, item),
    prediction,
    maxPending,
    batchSize = 1,
    onInvalid = "error",
  } = options;
  if (typeof moment !== "function") throw invalid(actor, "a function as moment", typeof moment);
  const delayOf = typeof delay === "function" ? delay : () => delay;
  whole(actor, "batchSize", batchSize);
  if (maxPending !== undefined) whole(actor, "maxPending", maxPending);
  if (onInvalid !== "error" && onInvalid !== "skip")
    throw invalid(actor, '"error" or "skip" as onInvalid', String(onInvalid));

  const { turn } = model; // a model is an object with accessors, of which V8 looks up every member in a table
  return (items$) => {
    let lane: Lane<DelayedStep<Item, M>>; // that of the run that starts next; steps go to it directly, as in stepping
    return new Observable<DelayedStep<Item, M>>((out) => {
      const steps = lane;
      const refuse = (batch: unknown, error: unknown): void => {
        if (onInvalid === "skip" && isInvalidInput(error)) model.reject({ batch, error });
        else out.error(error);
      };
      const answers = answering<Item, M>(actor, model, { ...options, batchSize }, refuse);
      out.add(answers.close);
      let ending = false;
      const queue = eventQueue<Question<Item>>(actor, maxPending, {
        get closed() {
          return out.closed;
        },
        next: (question) => {
          const step = answers.answer(
            question,
            question.prediction ?? prediction!(question.item),
            ending && queue.length === 0,
          );
          if (step && !out.closed) steps.next(step);
        },
      });
      let position = 0;
      const ask = (item: Item): void => {
        if (out.closed) return;
        try {
          const now = eventTime(actor, "moment", moment(item), position);
          const due = now + eventTime(actor, "delay", delayOf(item), position);
          queue.advance(now);
          if (out.closed) return;
          const asked = sample(item);
          if (asked?.renewed) answers.renew(asked.renewed, position);
          const answer = prediction ? undefined : model.predict(asked.x as readonly number[]);
          queue.push(due, { item, sample: asked, position, prediction: answer });
          position++;
        } catch (error) {
          refuse(item, error);
        }
      };
      const end = (): void => {
        ending = true;
        try {
          queue.advance(Number.POSITIVE_INFINITY);
          answers.rest();
          out.complete();
        } catch (error) {
          out.error(error);
        }
      };
      receive(items$, out, {
        next: (item) => turn(ask, item),
        error: (error) => turn((e) => out.error(e), error),
        complete: () => turn(end, undefined),
      });
    }).pipe(share({ connector: () => (lane = new Lane()) }));
  };
}

const actor = "delayedPrequential()";
const names = [
  ...(["loss", "optimizer", "classWeight", "onInvalid", "metrics"] as const),
  ...(["moment", "delay", "sample", "prediction", "batchSize", "maxPending"] as const),
];
