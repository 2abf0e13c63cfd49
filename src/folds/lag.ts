import type { Fold } from "../math/fold.ts";
import { knownOptions, whole } from "../math/invalid.ts";

export interface LagOptions<Item, Value, Missing> {
  /** What of an item to remember; the item itself unless told otherwise. */
  readonly of?: (item: Item) => Value;
  /** What to read while fewer items than that have come; undefined unless told otherwise. */
  readonly missing?: Missing;
}

export interface LagState<Value> {
  /** The latest values, in a ring. */
  values: Value[];
  /** Where the next one goes. */
  next: number;
}

/**
 * The value of the item that came n items before the latest, or of several; keeps one more value than the largest n.
 * @example
 * withFolds({ yesterday: lag(24, { of: (e: Hour) => e.load, missing: 0 }) });
 * withFolds({ before: lag([1, 2, 3], { of: (e: Hour) => e.load, missing: 0 }) }); // newest first
 */
export function lag<Item, Value = Item, Missing = undefined>(
  n: number,
  options?: LagOptions<Item, Value, Missing>,
): Fold<Item, Value | Missing, LagState<Value>>;
export function lag<Item, Value = Item, Missing = undefined>(
  n: readonly number[],
  options?: LagOptions<Item, Value, Missing>,
): Fold<Item, (Value | Missing)[], LagState<Value>>;
export function lag(
  n: number | readonly number[],
  options: LagOptions<unknown, unknown, unknown> = {},
): Fold<unknown, unknown, LagState<unknown>> {
  knownOptions(actor, options, ["of", "missing"]);
  const { of = (item) => item, missing } = options;
  const lags = typeof n === "number" ? [n] : n;
  for (const one of lags) whole(actor, "n", one);
  const size = Math.max(0, ...lags) + 1;
  const before = ({ values, next }: LagState<unknown>, one: number): unknown =>
    values.length > one ? values[(next - 1 - one + 2 * size) % size] : missing;
  return {
    init: () => ({ values: [], next: 0 }),
    step: (state, item) => {
      state.values[state.next] = of(item);
      state.next = (state.next + 1) % size;
      return state;
    },
    read: (state) => (typeof n === "number" ? before(state, n) : lags.map((one) => before(state, one))),
  };
}

const actor = "lag()";
