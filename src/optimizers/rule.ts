import type { Vector } from "../math/vector.ts";

/**
 * A rule that turns gradients into steps: w ← w − update(gradient, state, w). It is pure but for its own state: it never
 * writes to the gradient or to the weights, and returns a vector of its own (or the gradient itself, when it has nothing
 * to change). The state is plain numbers and vectors, so it can be saved.
 */
export interface Rule<State = unknown> {
  /** It prints as its own source: `adam(0.001)`. */
  readonly source: string;
  init(weights: Vector): State;
  update(gradient: Vector, state: State, weights: Vector): Vector;
  /** Told before each update: the loss of the batch. For schedules that watch it. */
  observe?(state: State, loss: number): void;
  /** Starts to follow what changes by itself, such as a learning rate that is an Observable; returns how to stop. */
  follow?(state: State): { unsubscribe(): void };
}
