import type { DriftReading } from "../folds/drift.ts";
import type { Batch } from "../graph/batch.ts";
import type { Keeper } from "../graph/keeper.ts";
import type { TrainerOptions } from "../graph/learning.ts";
import type { Model } from "../graph/model.ts";
import type { Part } from "../graph/parts.ts";
import type { Rule } from "../optimizers/rule.ts";

/** What to do when the data changes. A value: it can start many times, and each has a state of its own. */
export interface DriftPolicy {
  /** It prints as its own source: `raiseRate({ factor: 10, steps: 100 })`. */
  readonly source: string;
  /** Begins with a training; whatever it keeps lives in what it returns. */
  start(training: Training): Adaptation;
}

/** A training that a policy belongs to. */
export interface Training extends TrainerOptions {
  readonly model: Model;
  /** The optimizer at work, which can be restarted. There once the first step has been made. */
  readonly keeper: Keeper;
}

/** A policy at work. */
export interface Adaptation {
  /** The optimizer to learn with, instead of the one that was given. */
  readonly optimizer?: Rule;
  /**
   * Called after each step with what the detector said of it and the batch that was learned, when no batch is in flight.
   * Answers in a word what it did, or "none".
   */
  react(reading: DriftReading, batch: Batch): string;
  /** What it keeps, to be saved and loaded with the model: plain data, a copy or live; `set` takes over what a `get` gave. */
  readonly state?: Pick<Part, "get" | "set">;
  close?(): void;
}
