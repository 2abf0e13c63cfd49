import type { Guarded, Refusal } from "../graph/guarding.ts";
import type { InvalidInputError } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";

/** A learner that is out, and why. */
export interface PoolFailure<Name extends string = string> {
  readonly name: Name;
  readonly error: InvalidInputError;
}

/** A learner whose guard did not let it learn from this batch, and what that did. */
export interface PoolRefusal<Name extends string = string> {
  readonly name: Name;
  readonly error: Refusal;
}

/** What one batch came to. */
export interface PoolLearned<Name extends string = string> {
  /** Which batch: 0, 1, 2, … */
  readonly id: number;
  /** Rows of the batch. */
  readonly size: number;
  /** The loss of the pool's prediction, before anybody learned. */
  readonly loss: number;
  /** The pool's prediction: n × outputs. */
  readonly prediction: Matrix;
  /** What each counted in this prediction; they sum to 1. */
  readonly weights: Readonly<Record<Name, number>>;
  /** The loss of each; NaN of those that are out. */
  readonly losses: Readonly<Record<Name, number>>;
  /** Who counts most from now on. */
  readonly champion: Name;
  /** Those that have gone out at this batch. */
  readonly failed: readonly PoolFailure<Name>[];
  /** Those whose guard has refused this step; they stay in. */
  readonly refused: readonly PoolRefusal<Name>[];
  /** How the trainings stand that have a `guard` and have learned from it. */
  readonly guards: Readonly<Partial<Record<Name, Guarded>>>;
}
