/**
 * Keys that hold a slot each, and the order in which they were last used, as a list that is linked through `older` and
 * `newer`: plain data.
 */
export interface VocabularyState<Key> {
  /** The key of each slot. */
  keys: Key[];
  /** The slot that was used before, and after, this one; −1 for none. */
  older: number[];
  newer: number[];
  oldest: number;
  newest: number;
  /** How often a slot was given to a key. */
  claims: number;
}

/** A bounded set of keys, each in a slot of its own, first come first served. */
export interface Vocabulary<Key> {
  init(): VocabularyState<Key>;
  /** The key's slot, or −1. */
  find(state: VocabularyState<Key>, key: Key): number;
  /** Marks the key as used, and gives it a slot if it has none; tells if it was given. O(1). */
  claim(state: VocabularyState<Key>, key: Key): boolean;
}

/** Where each key is; derived from the state, and made anew for a state that came from elsewhere. */
interface Index<Key> {
  readonly slots: Map<Key, number>;
  claims: number;
}

/**
 * A vocabulary of up to `capacity` keys. When it is full, a new key takes the slot of the one that was not used for the
 * longest time, or, with `evict: false`, gets none.
 */
export const vocabulary = <Key extends string | number | boolean>(
  capacity: number,
  { evict = true }: { readonly evict?: boolean } = {},
): Vocabulary<Key> => {
  const indices = new WeakMap<VocabularyState<Key>, Index<Key>>();
  const indexOf = (state: VocabularyState<Key>): Index<Key> => {
    const known = indices.get(state);
    if (known?.claims === state.claims) return known;
    const index = { slots: new Map(state.keys.map((key, slot) => [key, slot])), claims: state.claims };
    indices.set(state, index);
    return index;
  };
  return {
    init: () => ({ keys: [], older: [], newer: [], oldest: -1, newest: -1, claims: 0 }),
    find: (state, key) => indexOf(state).slots.get(key) ?? -1,
    claim: (state, key) => {
      const index = indexOf(state);
      const known = index.slots.get(key);
      if (known !== undefined) {
        if (known !== state.newest) use(state, known);
        return false;
      }
      const full = state.keys.length >= capacity;
      if (full && !evict) return false;
      const slot = full ? state.oldest : state.keys.length;
      if (full) {
        index.slots.delete(state.keys[slot]!);
        unlink(state, slot);
      }
      state.keys[slot] = key;
      link(state, slot);
      index.slots.set(key, slot);
      index.claims = ++state.claims;
      return true;
    },
  };
};

type Links = Pick<VocabularyState<unknown>, "older" | "newer" | "oldest" | "newest">;

const unlink = (state: Links, slot: number): void => {
  const older = state.older[slot]!;
  const newer = state.newer[slot]!;
  if (older < 0) state.oldest = newer;
  else state.newer[older] = newer;
  if (newer < 0) state.newest = older;
  else state.older[newer] = older;
};

const link = (state: Links, slot: number): void => {
  state.older[slot] = state.newest;
  state.newer[slot] = -1;
  if (state.newest < 0) state.oldest = slot;
  else state.newer[state.newest] = slot;
  state.newest = slot;
};

const use = (state: Links, slot: number): void => {
  unlink(state, slot);
  link(state, slot);
};
