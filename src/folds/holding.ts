import type { Fold } from "../math/fold.ts";

/** A fold together with the state it has come to: what two streams share, so that one learns what the other uses. */
export interface Holder<Item, Reading, State> {
  learn(item: Item): void;
  /** The reading of what was learned so far. */
  readonly reading: Reading;
  /** A copy of the state; plain data, so JSON will do to keep it. Assign it to go on from there. */
  state: State;
}

/** A fold that holds its state where you can see it, instead of inside of a subscription. */
export const holding = <Item, Reading, State>(
  fold: Fold<Item, Reading, State>,
): Holder<Item, Reading, State> => {
  let state = fold.init();
  let reading: { readonly value: Reading } | undefined;
  return {
    learn: (item) => {
      state = fold.step(state, item);
      reading = undefined;
    },
    get reading() {
      reading ??= { value: fold.read(state) };
      return reading.value;
    },
    get state() {
      return structuredClone(state);
    },
    set state(saved) {
      state = structuredClone(saved);
      reading = undefined;
    },
  };
};
