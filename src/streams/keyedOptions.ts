import type { SchedulerLike } from "rxjs";
import type { PerKeyOptions } from "../folds/perKey.ts";
import type { KeyedState } from "./keyedState.ts";
import type { Live } from "./live.ts";

export interface KeyedOptions<Item, Key> extends PerKeyOptions<Item> {
  /** The clock for `idle` in ms; keys then go when their time has come, and not only as items come. */
  readonly scheduler?: SchedulerLike;
  /** Hears of each key that goes. */
  readonly onEvict?: (key: Key) => void;
  /** Where the keys are, and their live states, if not inside the subscription: see {@link Live}. */
  readonly live?: Live<KeyedState<Item, Key>>;
}
