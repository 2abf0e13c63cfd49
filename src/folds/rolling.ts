import type { Fold } from "../math/fold.ts";
import { whole } from "../math/invalid.ts";
import { isMergeable, type MergeableFold } from "./mergeable.ts";

/**
 * A fold over the last n items, of which it starts with none. A fold with `merge` costs one merge an item on average and
 * keeps n small states; any other keeps the n items themselves and folds them again at every reading.
 * @example rolling(1000, accuracy())
 */
export const rolling = <Item, Reading, State>(
  n: number,
  fold: Fold<Item, Reading, State>,
): Fold<Item, Reading> => {
  whole("rolling()", "n", n);
  return isMergeable(fold) ? merged(n, fold) : refolded(n, fold);
};

interface Stacks<State> {
  /** Newer items: each folded alone, and all of them together. */
  newer: State[];
  sum: State;
  /** Older items, the oldest last: each entry is that item merged with all entries before it. */
  older: State[];
}

/** Two stacks make a queue whose sum is always known (Tangwongsan, Hirzel & Schneider, 2015): no inverse, so no drift. */
const merged = <Item, Reading, State>(
  n: number,
  fold: MergeableFold<Item, Reading, State>,
): Fold<Item, Reading, Stacks<State>> => ({
  init: () => ({ newer: [], sum: fold.init(), older: [] }),
  step: (state, item) => {
    if (state.newer.length + state.older.length === n) {
      if (state.older.length === 0) turn(state, fold);
      state.older.pop();
    }
    state.newer.push(fold.step(fold.init(), item));
    state.sum = fold.step(state.sum, item);
    return state;
  },
  read: ({ older, sum }) => {
    const oldest = older.at(-1);
    return fold.read(oldest === undefined ? sum : fold.merge(oldest, sum));
  },
});

const turn = <Item, Reading, State>(
  state: Stacks<State>,
  fold: MergeableFold<Item, Reading, State>,
): void => {
  for (let one = state.newer.pop(); one !== undefined; one = state.newer.pop()) {
    const rest = state.older.at(-1);
    state.older.push(rest === undefined ? one : fold.merge(one, rest));
  }
  state.sum = fold.init();
};

interface Ring<Item> {
  items: Item[];
  /** Where the oldest item is, and the next one goes. */
  next: number;
}

const refolded = <Item, Reading, State>(
  n: number,
  fold: Fold<Item, Reading, State>,
): Fold<Item, Reading, Ring<Item>> => ({
  init: () => ({ items: [], next: 0 }),
  step: (state, item) => {
    state.items[state.next] = item;
    state.next = (state.next + 1) % n;
    return state;
  },
  read: ({ items, next }) => {
    let state = fold.init();
    for (let i = 0; i < items.length; i++) state = fold.step(state, items[(next + i) % items.length]!);
    return fold.read(state);
  },
});
