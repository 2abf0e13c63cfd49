import type { Fold } from "../math/fold.ts";

/** A fold together with the state it has come to: what two streams share, so that one learns what the other uses. */
export interface Holder<Item, Reading, State> {
  learn(item: Item): void;
  /** The reading of what was learned so far. */
  readonly reading: Reading;
  /** A copy of the state; plain data, so JSON will do to keep it. Assign it to go on from there. */
  state: State;
}

/**
 * A fold that holds its state where you can see it, instead of inside of a subscription; in `live`, if given, as it is
 * and not as a copy.
 */
export const holding = <Item, Reading, State>(
  fold: Fold<Item, Reading, State>,
  live: { state: State } = { state: fold.init() },
): Holder<Item, Reading, State> => {
  let reading: { readonly value: Reading } | undefined;
  return {
    learn: (item) => {
      live.state = fold.step(live.state, item);
      reading = undefined;
    },
    get reading() {
      reading ??= { value: fold.read(live.state) };
      return reading.value;
    },
    get state() {
      return structuredClone(live.state);
    },
    set state(saved) {
      live.state = structuredClone(saved);
      reading = undefined;
    },
  };
};
