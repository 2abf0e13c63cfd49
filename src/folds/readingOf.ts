import type { Fold } from "../math/fold.ts";

/**
 * What a fold reads when all the items are in.
 * @example readingOf(variance(), [1, 2, 3]).deviation
 */
export const readingOf = <Item, Reading, State>(
  fold: Fold<Item, Reading, State>,
  items: Iterable<Item>,
): Reading => {
  let state = fold.init();
  for (const item of items) state = fold.step(state, item);
  return fold.read(state);
};
