import { type InvalidInputError, isInvalidInput } from "../math/invalid.ts";
import type { Rule } from "../optimizers/rule.ts";
import type { Weights } from "./weights.ts";

/** What a guard did when it refused a step. */
export type GuardAction = "skipped" | "rolledBack" | "rateLowered" | "stopped";

/** How a guarded training stands after a step. */
export interface Guarded {
  /** Steps that were refused until now. */
  readonly refused: number;
  /** How often the weights went back to a version that was good. */
  readonly rollBacks: number;
  /** What the steps are multiplied by: 1, until it is lowered. */
  readonly rate: number;
  /** What the loss of the next batch must not exceed. */
  readonly limit: number;
}

/** Decides, after the backward pass and before the update, whether a batch may change the weights. */
export interface Guard {
  /** Begins to watch a training. */
  watch(weights: Weights, rule: Rule): Watch;
}

/** A guard at work. */
export interface Watch {
  /** The rule to learn by. */
  readonly rule: Rule;
  /** Looks at the loss before the update. @throws InvalidInputError when the step must not be made. */
  look(loss: number): void;
  /** The step has been made. */
  made(): Guarded;
  /** The step has not been made, and the weights are as before it: acts on that. */
  refuse(error: InvalidInputError, restart: () => void): Refusal;
  /** The training has ended. */
  close(): void;
}

/** Why a guard refused a step, and what it did. */
export interface Refusal extends InvalidInputError {
  readonly action: GuardAction;
}

/** Whether an error comes from a guard, which has acted on it. */
export const isRefusal = (error: unknown): error is Refusal => isInvalidInput(error) && "action" in error;
