import type { Scored } from "../folds/scored.ts";
import type { Batch } from "../graph/batch.ts";
import type { Model } from "../graph/model.ts";
import type { Fold } from "../math/fold.ts";
import { fault, invalid, inWords, knownOptions } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import { type Contestant, checkContestants } from "./contestant.ts";
import { type Contested, duel, type ServingState } from "./duel.ts";

export interface ServingOptions {
  /** Who answers, at first. */
  readonly champion: Contestant;
  /** Who learns beside it, with a model of its own. */
  readonly challenger: Contestant;
  /** What both are scored by, such as `fading(0.99, logLoss())`. */
  readonly metric: Fold<Scored, number>;
}

/** An answer, and whose it is. */
export interface Served {
  readonly prediction: Matrix;
  /** How often the champion has changed. */
  readonly version: number;
  /** How many batches had been learned. */
  readonly learned: number;
}

/** Two learners, one of which answers. */
export interface Serving {
  /** An answer of the champion, at any moment, also in the middle of a batch: of one version, and never of half an update. */
  predict(x: Matrix | readonly number[]): Served;
  /** The models in their roles, now. */
  readonly champion: Model;
  readonly challenger: Model;
  readonly version: number;
  readonly learned: number;
  /** To be saved and loaded with both models, by their places in the options: `save({ a, b }, { parts: { service } })`. */
  state: ServingState;
  /** The two change roles, with all that they have learned by. @throws Error while a batch is in flight. */
  exchange(): void;
  /** Runs a job when neither model has a batch in flight. */
  turn<T>(job: (item: T) => void, item: T): void;
  /** Starts both trainings; for `shadow`. @throws Error when they are at work. */
  start(): { learn(batch: Batch): Contested; close(): void };
}

/**
 * A champion that answers and a challenger that learns beside it, for {@link shadow} and {@link promote}. Where both have the same
 * plan and precision, the champion's model stays the same object, and the weights change places; where not, the models do.
 * @throws InvalidInputError for learners that cannot stand in each other's place, and for options that are none.
 * @example
 * const service = serving({ champion: { model: a, loss, optimizer: sgd(0.01) }, challenger: { model: b, loss, optimizer: sgd(1) }, metric: fading(0.99, logLoss()) });
 */
export const serving = (options: ServingOptions): Serving => {
  knownOptions(actor, options, ["champion", "challenger", "metric"]);
  const { champion, challenger, metric } = options;
  checkContestants(actor, champion, challenger);
  if (typeof metric?.read !== "function")
    throw invalid(actor, "a metric, such as fading(0.99, logLoss())", inWords(metric));
  const both = duel(champion, challenger, metric);
  let held = false; // both models, by a turn of ours
  const hold = <T>(job: (item: T) => void, item: T): void => {
    held = true;
    try {
      job(item);
    } finally {
      held = false;
    }
  };
  const turn = <T>(job: (item: T) => void, item: T): void =>
    champion.model.turn((one) => challenger.model.turn((two) => hold(job, two), one), item);
  return {
    predict: (x) => {
      const { version, learned } = both.state; // before: a batch that waits for this prediction is learned before it returns
      const prediction = both.models()[0].predict(x);
      return { prediction, version, learned };
    },
    get champion() {
      return both.models()[0];
    },
    get challenger() {
      return both.models()[1];
    },
    get version() {
      return both.state.version;
    },
    get learned() {
      return both.state.learned;
    },
    get state() {
      return both.state;
    },
    set state(saved) {
      both.state = saved;
    },
    exchange: () => {
      if (both.inFlight() || (!held && both.models().some(({ busy }) => busy)))
        throw fault(actor, "no batch in flight when roles change", "one");
      if (held) both.exchange();
      else turn(both.exchange, undefined);
    },
    turn,
    start: () => {
      both.start();
      return { learn: both.learn, close: both.close };
    },
  };
};

const actor = "serving()";
