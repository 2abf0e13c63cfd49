import type { SchedulerLike } from "rxjs";
import type { PerKeyOptions } from "../folds/perKey.ts";
import { finite, invalid, knownOptions, whole } from "../math/invalid.ts";
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

/** The options as they stand. @throws InvalidInputError */
export const keyedSettings = <Item, Key>(
  actor: string,
  options: KeyedOptions<Item, Key>,
): KeyedOptions<Item, Key> & { readonly maxKeys: number; readonly idle: number } => {
  knownOptions(actor, options, ["maxKeys", "idle", "moment", "scheduler", "onEvict", "live"]);
  const { maxKeys = 10_000, idle = Number.POSITIVE_INFINITY, ...others } = options;
  whole(actor, "maxKeys", maxKeys);
  if (idle !== Number.POSITIVE_INFINITY) finite(actor, "idle", idle, { min: Number.MIN_VALUE });
  if (others.moment && others.scheduler)
    throw invalid(actor, "one clock for idle", "a moment and a scheduler");
  return { maxKeys, idle, ...others };
};
