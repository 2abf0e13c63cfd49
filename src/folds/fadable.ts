import type { Fold } from "../math/fold.ts";

/** A fold that keeps nothing but sums, so that what it has seen can be made to count for less. */
export interface FadableFold<Item, Reading, State = unknown> extends Fold<Item, Reading, State> {
  /** The state with each of its sums times alpha; may change the state it is given and return it. */
  fade(state: State, alpha: number): State;
}

/** Whether the states of a fold can fade. */
export const isFadable = <Item, Reading, State>(
  fold: Fold<Item, Reading, State>,
): fold is FadableFold<Item, Reading, State> => "fade" in fold;
