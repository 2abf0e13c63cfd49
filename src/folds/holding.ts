import type { Fold } from "../math/fold.ts";

/** A fold together with the state it has come to: what two streams share, so that one learns what the other uses. */
export interface Holder<Item, Reading, State> {
  learn(item: Item): void;
  /** The reading of what was learned so far. */
  readonly reading: Reading;
  /** A copy of the state; plain data, so JSON will do to keep it. Assign it to go on from there. */
  state: State;
}

/** A class, because accessors in a literal make V8 look up all of its members in a table, and `learn` sees every item. */
class Held<Item, Reading, State> implements Holder<Item, Reading, State> {
  readonly learn: (item: Item) => void;
  private readonly fold: Fold<Item, Reading, State>;
  private readonly live: { state: State };
  private last: { readonly reading: Reading } | undefined;

  constructor(fold: Fold<Item, Reading, State>, live: { state: State }) {
    this.fold = fold;
    this.live = live;
    this.last = undefined;
    this.learn = (item) => {
      live.state = fold.step(live.state, item);
      this.last = undefined;
    };
  }

  get reading(): Reading {
    this.last ??= { reading: this.fold.read(this.live.state) };
    return this.last.reading;
  }

  get state(): State {
    return structuredClone(this.live.state);
  }

  set state(saved: State) {
    this.live.state = structuredClone(saved);
    this.last = undefined;
  }
}

/**
 * A fold that holds its state where you can see it, instead of inside of a subscription; in `live`, if given, as it is
 * and not as a copy.
 */
export const holding = <Item, Reading, State>(
  fold: Fold<Item, Reading, State>,
  live: { state: State } = { state: fold.init() },
): Holder<Item, Reading, State> => new Held(fold, live);
