import type { OperatorFunction } from "rxjs";
import type { Classes, ClassesState, Label } from "../features/classes.ts";
import type { ExponentialWeightsState } from "../folds/exponentialWeights.ts";
import type { HabitState } from "../folds/habit.ts";
import type { Model } from "../graph/model.ts";
import type { Metrics } from "./metrics.ts";
import type { OnlineRowsState } from "./onlineRows.ts";
import type { OnlineLearnOptions, OnlineStep } from "./onlineSteps.ts";

/** What a classifier says of an event: plain data, but for the map. */
export interface Classified {
  /** The most probable label; undefined before the first was learned. */
  readonly label: Label | undefined;
  /** Of each label that was seen; they sum to 1. */
  readonly probabilities: ReadonlyMap<Label, number>;
  /** What each learner said, by class index, and the class that was learned last: what a label that comes late is judged by. */
  readonly said: readonly ArrayLike<number>[];
  readonly after: number;
}

export interface OnlineClassifierOptions {
  /** The labels: up to ten of them, unless told otherwise. */
  readonly classes?: Classes;
  /** The same seed gives the same predictions. */
  readonly seed?: number;
}

/** All that a classifier keeps besides the weights of its models: plain data, live. */
export interface OnlineClassifierState {
  readonly rows: OnlineRowsState;
  classes: ClassesState;
  habit: HabitState;
  mixture: ExponentialWeightsState;
  /** The class that was learned last; −1 before the first. */
  last: number;
}

/** A classifier that learns from events one at a time. */
export interface OnlineClassifier<Event> {
  /** Pure: it changes nothing. @throws InvalidInputError for what the schema refuses. */
  predictOne(event: Event): Classified;
  /**
   * Learns from an event, and answers what it would have said of it before. When a label comes late, give it the answer that
   * the event got when it was predicted: learners are then judged by what they said then.
   * @throws InvalidInputError for an event that the schema, and a label that the classes refuse; nothing has changed then.
   */
  learnOne(event: Event, label: Label, answer?: Classified): Classified;
  /** Each event as an answer. */
  predict(): OperatorFunction<Event, Classified>;
  /**
   * Test, then train: each labelled event as what was said of it before it was learned, with metrics. With two classes the
   * scored prediction is the probability of the second, and otherwise that of each, by their indices.
   */
  learn<const M extends Metrics = Record<never, never>>(
    options?: OnlineLearnOptions<Classifiable<Event>, M>,
  ): OperatorFunction<Classifiable<Event>, OnlineStep<Classifiable<Event>, Classified, M>>;
  /** Live. Assign what was saved to go on from there, of the models too. */
  state: OnlineClassifierState;
  /** The nets, by name. */
  readonly models: Readonly<Record<string, Model>>;
  close(): void;
}

/** An event with its label, and what was said of it, if that was long ago. */
export interface Classifiable<Event> {
  readonly event: Event;
  readonly label: Label;
  readonly answer?: Classified;
}
