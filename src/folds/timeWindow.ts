import type { Fold } from "../math/fold.ts";
import { finite, invalid, inWords, knownOptions, whole } from "../math/invalid.ts";
import { isMergeable, type MergeableFold } from "./mergeable.ts";

export interface TimeWindowOptions<Item> {
  /** When an item happened, in ms. */
  time: (item: Item) => number;
  /** The window holds no more items than these: the newest. */
  maxItems?: number;
}

/**
 * A fold over the items of the last `ms` by event time: those later than that before the latest. Items may come out of
 * order; what comes too late is not counted. The window moves with the items, not with a clock. A fold with `merge` costs
 * one merge an item on average (and one for each in the window when an item comes out of order) and keeps two states for
 * each; any other keeps the items and folds them again at every reading.
 * @throws InvalidInputError when an item has no time.
 * @example timeWindow(60_000, accuracy(), { time: ({ at }: { at: number }) => at })
 */
export const timeWindow = <Item, Reading, State, Dated = unknown>(
  ms: number,
  fold: Fold<Item, Reading, State>,
  options: TimeWindowOptions<NoInfer<Item> & Dated>,
): Fold<Item & Dated, Reading> => {
  knownOptions(actor, options, ["time", "maxItems"]);
  const { time, maxItems = 10_000 } = options;
  finite(actor, "ms", ms, { min: Number.MIN_VALUE });
  whole(actor, "maxItems", maxItems);
  if (typeof time !== "function") throw invalid(actor, "a function as time", inWords(time));
  const timeOf = (item: Item & Dated): number => {
    const at = time(item);
    if (Number.isFinite(at)) return at;
    throw invalid(actor, "a time in ms for every item", String(at));
  };
  const dated: Fold<Item & Dated, Reading, State> = fold;
  return isMergeable(dated) ? merged(ms, maxItems, timeOf, dated) : refolded(ms, maxItems, timeOf, dated);
};

const actor = "timeWindow()";

interface Timed<Value> {
  readonly at: number;
  readonly value: Value;
}

/** Puts one behind all that are not later than it. */
const insert = <One extends Timed<unknown>>(all: One[], one: One): void => {
  let i = all.length;
  while (i > 0 && all[i - 1]!.at > one.at) i--;
  all.splice(i, 0, one);
};

/** The two stacks of {@link rolling}, of which the states stay known one by one, so that one can come between. */
interface Stacks<State> {
  /** Later items, the latest last, and all of them together. */
  later: Timed<State>[];
  sum: State;
  /** Earlier items, the earliest last; `sum` is of that item and all entries before it. */
  earlier: (Timed<State> & { readonly sum: State })[];
}

const merged = <Item, Reading, State>(
  ms: number,
  maxItems: number,
  timeOf: (item: Item) => number,
  fold: MergeableFold<Item, Reading, State>,
): Fold<Item, Reading, Stacks<State>> => {
  const turn = (state: Stacks<State>): void => {
    for (let one = state.later.pop(); one !== undefined; one = state.later.pop()) {
      const rest = state.earlier.at(-1);
      const { at, value } = one;
      state.earlier.push({ at, value, sum: rest === undefined ? value : fold.merge(value, rest.sum) });
    }
    state.sum = fold.init();
  };
  const outOfOrder = (state: Stacks<State>, one: Timed<State>): void => {
    const back = state.earlier.reverse().map(({ at, value }) => ({ at, value }));
    state.later = [...back, ...state.later];
    state.earlier = [];
    insert(state.later, one);
    turn(state);
  };
  return {
    init: () => ({ later: [], sum: fold.init(), earlier: [] }),
    step: (state, item) => {
      const { later, earlier } = state;
      const at = timeOf(item);
      const latest = later.at(-1)?.at ?? earlier[0]?.at ?? at;
      if (at <= latest - ms) return state;
      const one = { at, value: fold.step(fold.init(), item) };
      if (at < latest) outOfOrder(state, one);
      else {
        state.later.push(one);
        state.sum = fold.step(state.sum, item);
      }
      for (;;) {
        const earliest = state.earlier.at(-1) ?? state.later[0]!;
        const full = state.later.length + state.earlier.length > maxItems;
        if (!full && earliest.at > Math.max(at, latest) - ms) return state;
        if (state.earlier.length === 0) turn(state);
        state.earlier.pop();
      }
    },
    read: ({ earlier, sum }) => {
      const earliest = earlier.at(-1);
      return fold.read(earliest === undefined ? sum : fold.merge(earliest.sum, sum));
    },
  };
};

const refolded = <Item, Reading, State>(
  ms: number,
  maxItems: number,
  timeOf: (item: Item) => number,
  fold: Fold<Item, Reading, State>,
): Fold<Item, Reading, Timed<Item>[]> => ({
  init: () => [],
  step: (items, value) => {
    const at = timeOf(value);
    const latest = items.at(-1)?.at ?? at;
    if (at <= latest - ms) return items;
    insert(items, { at, value });
    const from = items.findIndex((one) => one.at > Math.max(at, latest) - ms);
    items.splice(0, Math.max(from, items.length - maxItems));
    return items;
  },
  read: (items) => fold.read(items.reduce((state, { value }) => fold.step(state, value), fold.init())),
});
