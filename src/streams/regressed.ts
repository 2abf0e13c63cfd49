import type { OperatorFunction } from "rxjs";
import type { ExponentialWeightsState } from "../folds/exponentialWeights.ts";
import type { Moments } from "../folds/moments.ts";
import type { Model } from "../graph/model.ts";
import type { Metrics } from "./metrics.ts";
import type { OnlineRowsState } from "./onlineRows.ts";
import type { OnlineLearnOptions, OnlineStep } from "./onlineSteps.ts";

/** What a regressor says of an event: plain data, in the units of the target. */
export interface Regressed {
  readonly value: number;
  /** What each learner said, and the value that was learned last: what a target that comes late is judged by. */
  readonly said: readonly ArrayLike<number>[];
  readonly after: number;
}

export interface OnlineRegressorOptions {
  /** The same seed gives the same predictions. */
  readonly seed?: number;
}

/** All that a regressor keeps besides the weights of its models: plain data, live. */
export interface OnlineRegressorState {
  readonly rows: OnlineRowsState;
  readonly target: Moments;
  mixture: ExponentialWeightsState;
  /** The value that was learned last; 0 before the first. */
  last: number;
}

/** An event with its value, and what was said of it, if that was long ago. */
export interface Regressable<Event> {
  readonly event: Event;
  readonly value: number;
  readonly answer?: Regressed;
}

/** A regressor that learns from events one at a time. */
export interface OnlineRegressor<Event> {
  /** Pure: it changes nothing. @throws InvalidInputError for what the schema refuses. */
  predictOne(event: Event): Regressed;
  /**
   * Learns from an event, and answers what it would have said of it before. When a value comes late, give it the answer that
   * the event got when it was predicted: learners are then judged by what they said then.
   * @throws InvalidInputError for an event that the schema refuses and a value that is not finite; nothing has changed then.
   */
  learnOne(event: Event, value: number, answer?: Regressed): Regressed;
  /** Each event as an answer. */
  predict(): OperatorFunction<Event, Regressed>;
  /** Test, then train: each event with its value as what was said of it before it was learned, with metrics. */
  learn<const M extends Metrics = Record<never, never>>(
    options?: OnlineLearnOptions<Regressable<Event>, M>,
  ): OperatorFunction<Regressable<Event>, OnlineStep<Regressable<Event>, Regressed, M>>;
  /** Live. Assign what was saved to go on from there, of the models too. */
  state: OnlineRegressorState;
  /** The nets, by name. */
  readonly models: Readonly<Record<string, Model>>;
  close(): void;
}
