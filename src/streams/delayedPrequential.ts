import { Observable, type OperatorFunction, share } from "rxjs";
import { isRefusal } from "../graph/guarding.ts";
import { Lane } from "../graph/lane.ts";
import type { Model } from "../graph/model.ts";
import { invalid, knownOptions, whole } from "../math/invalid.ts";
import { answering, type Question } from "./answering.ts";
import type { DelayedPrequentialOptions } from "./delayedPrequentialOptions.ts";
import type { DelayedStep } from "./delayedStep.ts";
import { eventQueue, eventTime, type Outlet } from "./eventQueue.ts";
import type { Metrics } from "./metrics.ts";
import { type OpenQuestions, openQuestions } from "./openQuestions.ts";
import { ownSample } from "./ownSample.ts";
import { receive } from "./receive.ts";
import { refusalOf } from "./refusalOf.ts";
import type { Sample, SparseSample } from "./sample.ts";

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
    live,
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
      const refuse = (batch: unknown, thrown: unknown): void => {
        const refusal = refusalOf(actor, batch, thrown);
        const error = refusal ?? thrown;
        if (isRefusal(error) && error.action !== "stopped")
          model.reject({ batch, error, action: error.action });
        else if (onInvalid === "skip" && refusal && !isRefusal(refusal))
          model.reject({ batch, error: refusal });
        else out.error(error);
      };
      const state: OpenQuestions<Item> = live?.state ?? openQuestions();
      if (live) live.state = state;
      const answers = answering<Item, M>(actor, model, { ...options, batchSize }, refuse, live && state);
      out.add(answers.close);
      let ending = false;
      const outlet: Outlet<Question<Item>> = {
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
      };
      const queue = eventQueue(actor, maxPending, outlet, state);
      const ask = (item: Item): void => {
        if (out.closed) return;
        try {
          const position = state.pushed;
          const now = eventTime(actor, "moment", moment(item), position);
          const due = now + eventTime(actor, "delay", delayOf(item), position);
          queue.advance(now, item);
          if (out.closed) return;
          const asked = sample(item);
          if (asked?.renewed) answers.renew(asked.renewed, position);
          const answer = prediction ? undefined : model.predict(asked.x as readonly number[]);
          queue.push(due, { item, sample: asked, position, prediction: answer });
        } catch (error) {
          refuse(item, error);
        }
      };
      const end = (): void => {
        ending = true;
        try {
          queue.drain();
          answers.rest();
          out.complete();
        } catch (error) {
          out.error(error);
        }
      };
      for (const item of state.arriving) turn(ask, item); // it was, when the state was saved
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
  ...(["loss", "optimizer", "classWeight", "guard", "onInvalid", "metrics"] as const),
  ...(["moment", "delay", "sample", "prediction", "batchSize", "maxPending", "live"] as const),
];
