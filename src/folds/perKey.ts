import type { Fold } from "../math/fold.ts";
import { finite, invalid, inWords, knownOptions, whole } from "../math/invalid.ts";
import { type Recency, recency } from "../math/recency.ts";

/** What a key may be, so that the state stays plain data. */
export type PlainKey = string | number | boolean;

export interface PerKeyOptions<Item> {
  /** No more keys than these are kept: beyond, the one used longest ago goes. */
  readonly maxKeys?: number;
  /** A key goes when so many items of others, or so much time by `moment`, have passed since its last item. */
  readonly idle?: number;
  /** When an item happens, in the unit of `idle`. */
  readonly moment?: (item: Item) => number;
}

export interface PerKeyReading<Key, Reading> {
  /** The key of the item that came last; undefined before the first. */
  readonly key: Key | undefined;
  /** What the fold reads for that key. */
  readonly reading: Reading;
  /** How many keys are kept now, and how many were evicted so far. */
  readonly keys: number;
  readonly evicted: number;
}

export interface PerKeyState<Key, State> {
  /** The latest moment seen, null before the first; without `moment`, how many items came. */
  clock: number | null;
  evicted: number;
  kept: Recency<Key, State>;
}

/**
 * A fold of its own for each key, without leaks: keys that are idle or too many are evicted, and start anew when they come
 * back. Reads that of the item's key. O(1) an item on average. The clock never goes back, so a late item counts as one of now.
 * @throws InvalidInputError on a key that is no string, finite number or boolean, or a moment that is not finite; nothing has
 * changed.
 * @example perKey((e: Reading) => e.device, rolling(60, over((e: Reading) => e.celsius, mean())), { maxKeys: 10_000, idle: 3_600_000, moment: (e) => e.at })
 */
export const perKey = <Item, Key extends PlainKey, Reading, State>(
  key: (item: Item) => Key,
  fold: Fold<Item, Reading, State>,
  options: PerKeyOptions<NoInfer<Item>> = {},
): Fold<Item, PerKeyReading<Key, Reading>, PerKeyState<Key, State>> => {
  knownOptions(actor, options, ["maxKeys", "idle", "moment"]);
  const { maxKeys = 10_000, idle = Number.POSITIVE_INFINITY, moment } = options;
  whole(actor, "maxKeys", maxKeys);
  if (idle !== Number.POSITIVE_INFINITY) finite(actor, "idle", idle, { min: Number.MIN_VALUE });
  const kept = recency<Key, State>();
  return {
    init: () => ({ clock: moment ? null : 0, evicted: 0, kept: kept.init() }),
    step: (state, item) => {
      const k = plainKey(key(item));
      const before = state.clock ?? Number.NEGATIVE_INFINITY;
      const now = moment ? Math.max(before, finite(actor, "moment", moment(item))) : before;
      const isIdle = (at: number): boolean => now - at >= idle;
      const found = kept.find(state.kept, k);
      // first what may throw, then what changes
      const value = fold.step(found && !isIdle(found.at) ? found.value : fold.init(), item);
      const drop = (): void => {
        kept.dropOldest(state.kept);
        state.evicted++;
      };
      for (let old = kept.oldest(state.kept); old && isIdle(old.at); old = kept.oldest(state.kept)) drop();
      if (kept.size(state.kept) === maxKeys && !kept.find(state.kept, k)) drop();
      state.clock = moment ? now : now + 1;
      kept.use(state.kept, k, value, state.clock);
      return state;
    },
    read: (state) => {
      const last = kept.newest(state.kept);
      return {
        key: last?.key,
        reading: fold.read(last ? last.value : fold.init()),
        keys: kept.size(state.kept),
        evicted: state.evicted,
      };
    },
  };
};

const actor = "perKey()";

const plainKey = <Key extends PlainKey>(key: Key): Key => {
  if (typeof key === "string" || typeof key === "boolean" || Number.isFinite(key)) return key;
  throw invalid(actor, "a string, a finite number or a boolean as key", inWords(key));
};
