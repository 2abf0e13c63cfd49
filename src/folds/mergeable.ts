import type { Fold } from "../math/fold.ts";

/** A fold whose states add up: two shards of a stream, folded apart, merge into what one pass would have made. */
export interface MergeableFold<Item, Reading, State = unknown> extends Fold<Item, Reading, State> {
  /** A fresh state, of the items of a and then those of b; both stay as they are. */
  merge(a: State, b: State): State;
}

/** Whether the states of a fold can be merged. */
export const isMergeable = <Item, Reading, State>(
  fold: Fold<Item, Reading, State>,
): fold is MergeableFold<Item, Reading, State> => "merge" in fold;
