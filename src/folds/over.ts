import type { Fold } from "../math/fold.ts";
import { isMergeable, type MergeableFold } from "./mergeable.ts";

/** A fold over a part of the items: `over((step: Step) => step.loss, mean())`. It merges if the inner fold does. */
export function over<Item, Part, Reading, State>(
  select: (item: Item) => Part,
  fold: MergeableFold<Part, Reading, State>,
): MergeableFold<Item, Reading, State>;
export function over<Item, Part, Reading, State>(
  select: (item: Item) => Part,
  fold: Fold<Part, Reading, State>,
): Fold<Item, Reading, State>;
export function over<Item, Part, Reading, State>(
  select: (item: Item) => Part,
  fold: Fold<Part, Reading, State>,
): Fold<Item, Reading, State> {
  const lifted: Fold<Item, Reading, State> = {
    init: () => fold.init(),
    step: (state, item) => fold.step(state, select(item)),
    read: (state) => fold.read(state),
  };
  return isMergeable(fold) ? Object.assign(lifted, { merge: fold.merge.bind(fold) }) : lifted;
}
