import type { OperatorFunction } from "rxjs";
import { type LagState, lag } from "../folds/lag.ts";
import { invalid, inWords, knownOptions } from "../math/invalid.ts";
import type { Live } from "./live.ts";
import { operate } from "./operate.ts";
import { recordOf } from "./recordOf.ts";

export interface WithLagsOptions<Item, Value, Missing> {
  /** What of an item to join to later ones. */
  readonly of: (item: Item) => Value;
  /** What stands for values from before the first item; without it, items wait until all of theirs are known. */
  readonly missing?: Missing;
  /** Where the earlier values are, if not inside the subscription: see {@link Live}. */
  readonly live?: Live<LagState<Value>>;
}

/** An item with earlier values as further fields. */
export type Lagged<Item, Name extends string, Value> = Item & { readonly [K in Name]: Value };

/**
 * Emits each item with the values of earlier ones as further fields, by name: how many items before. The first items, of
 * which not all earlier values are known, are dropped, or have `missing` in their place. One ring serves all names.
 * @throws InvalidInputError (as an error of the stream) on items that have such a field already, or are no objects.
 * @example load$.pipe(withLags({ yesterday: 24, lastWeek: 168 }, { of: ({ load }) => load }))
 */
export const withLags = <Item, const Lags extends Readonly<Record<string, number>>, Value, Missing = never>(
  lags: Lags,
  options: WithLagsOptions<Item, Value, Missing>,
): OperatorFunction<Item, Lagged<Item, keyof Lags & string, Value | Missing>> => {
  knownOptions(actor, options, ["of", "missing", "live"]);
  const { of, missing } = options;
  if (typeof of !== "function") throw invalid(actor, "a function of an item as of", inWords(of));
  const names = Object.keys(lags);
  const each = Object.values(lags);
  const values = lag<Item, Value, unknown>(each, { of, missing });
  const needed = "missing" in options ? 0 : Math.max(0, ...each);
  return operate((out) => {
    const live = options.live ?? { state: undefined };
    live.state ??= values.init();
    return {
      next: (item) => {
        if (typeof item !== "object" || item === null) throw invalid(actor, "objects as items", String(item));
        for (const name of names)
          if (name in item) throw invalid(actor, "names that the items do not have", name);
        const state = values.step(live.state!, item);
        live.state = state;
        if (state.values.length <= needed) return;
        out.next(Object.assign({}, item, recordOf(names, values.read(state))) as never);
      },
    };
  });
};

const actor = "withLags()";
