import { type Recency, recency } from "../math/recency.ts";
import type { Live } from "./live.ts";

/** The keys in the order of their last use, with what `project` has put into the live state of each: plain data, if that is. */
export interface KeyedState<Item, Key> {
  clock: number;
  kept: Recency<Key, Live<unknown>>;
  /** The item that lets other keys go, while what comes of these comes out, and it has not had its turn itself. */
  arriving: readonly Item[];
  /** The key that goes, while what still comes of it comes out; files of old have none. */
  leaving?: readonly { readonly key: Key; readonly live: Live<unknown> }[];
}

/** No keys yet. */
export const keyedState = <Item, Key>(clock: number): KeyedState<Item, Key> => ({
  clock,
  kept: recency<Key, Live<unknown>>().init(),
  arriving: [],
});
