/** What is kept for a key, and its neighbours in the order of use; −1 where there is none. */
export interface Entry<Key, Value> {
  readonly key: Key;
  value: Value;
  /** When it was last used, in whatever unit. */
  at: number;
  newer: number;
  older: number;
}

/** Values by key, in the order of their last use: a doubly linked list in slots that are used again, and so plain data. */
export interface Recency<Key, Value> {
  slots: (Entry<Key, Value> | null)[];
  free: number[];
  oldest: number;
  newest: number;
}

/** What can be done with a {@link Recency}; all of it in O(1). */
export interface RecencyOf<Key, Value> {
  init(): Recency<Key, Value>;
  size(state: Recency<Key, Value>): number;
  oldest(state: Recency<Key, Value>): Entry<Key, Value> | undefined;
  newest(state: Recency<Key, Value>): Entry<Key, Value> | undefined;
  find(state: Recency<Key, Value>, key: Key): Entry<Key, Value> | undefined;
  /** Keeps a value for the key, which becomes the newest. */
  use(state: Recency<Key, Value>, key: Key, value: Value, at: number): void;
  /** Takes out what is kept for the key. */
  take(state: Recency<Key, Value>, key: Key): Entry<Key, Value> | undefined;
  /** Takes out the one whose last use is longest ago. */
  dropOldest(state: Recency<Key, Value>): Entry<Key, Value> | undefined;
}

type Link<Key, Value> = Entry<Key, Value> | undefined;

/** The slots by key are kept beside the state and found anew for one that was restored, so that JSON will do to keep it. */
export const recency = <Key, Value>(): RecencyOf<Key, Value> => {
  const indices = new WeakMap<Recency<Key, Value>, Map<Key, number>>();
  const indexOf = (state: Recency<Key, Value>): Map<Key, number> => {
    const known = indices.get(state);
    if (known) return known;
    const index = new Map<Key, number>();
    state.slots.forEach((entry, slot) => {
      if (entry) index.set(entry.key, slot);
    });
    indices.set(state, index);
    return index;
  };
  const at = ({ slots }: Recency<Key, Value>, slot: number): Link<Key, Value> => slots[slot] ?? undefined;
  const unlink = (state: Recency<Key, Value>, { newer, older }: Entry<Key, Value>): void => {
    if (newer < 0) state.newest = older;
    else at(state, newer)!.older = older;
    if (older < 0) state.oldest = newer;
    else at(state, older)!.newer = newer;
  };
  const append = (state: Recency<Key, Value>, slot: number, entry: Entry<Key, Value>): void => {
    entry.newer = -1;
    entry.older = state.newest;
    if (state.newest < 0) state.oldest = slot;
    else at(state, state.newest)!.newer = slot;
    state.newest = slot;
  };
  const drop = (state: Recency<Key, Value>, slot = -1): Link<Key, Value> => {
    const entry = at(state, slot);
    if (!entry) return undefined;
    unlink(state, entry);
    indexOf(state).delete(entry.key);
    state.slots[slot] = null;
    state.free.push(slot);
    return entry;
  };
  return {
    init: () => ({ slots: [], free: [], oldest: -1, newest: -1 }),
    size: ({ slots, free }) => slots.length - free.length,
    oldest: (state) => at(state, state.oldest),
    newest: (state) => at(state, state.newest),
    find: (state, key) => {
      const slot = indexOf(state).get(key);
      return slot === undefined ? undefined : at(state, slot);
    },
    use: (state, key, value, moment) => {
      const index = indexOf(state);
      const known = index.get(key);
      const slot = known ?? state.free.pop() ?? state.slots.length;
      const entry = known === undefined ? undefined : at(state, known);
      if (entry) {
        entry.value = value;
        entry.at = moment;
        if (slot === state.newest) return;
        unlink(state, entry);
        append(state, slot, entry);
        return;
      }
      index.set(key, slot);
      const fresh = { key, value, at: moment, newer: -1, older: -1 };
      state.slots[slot] = fresh;
      append(state, slot, fresh);
    },
    take: (state, key) => drop(state, indexOf(state).get(key)),
    dropOldest: (state) => drop(state, state.oldest),
  };
};
