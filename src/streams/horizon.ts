import type { OperatorFunction } from "rxjs";
import { type LagState, lag } from "../folds/lag.ts";
import { type LastRowsState, lastRows } from "../folds/lastRows.ts";
import { invalid, knownOptions, whole } from "../math/invalid.ts";
import type { Live } from "./live.ts";
import { operate } from "./operate.ts";

/** The items that wait for what comes after them, and what has come: plain data, if the items are. */
export interface AheadState<Item> {
  items: LagState<Item>;
  rows: LastRowsState;
}

export interface HorizonOptions<Item> {
  /** What is observed with an item: a number, or some; its `y` unless told otherwise. */
  readonly of?: (item: Item) => number | ArrayLike<number>;
  /** Where what waits is, if not inside the subscription: see {@link Live}. */
  readonly live?: Live<AheadState<Item>>;
}

/** An item of the same kind, whose y is what came after it. */
export type AheadOf<Item> = Omit<Item, "y"> & { readonly y: Float64Array };

/**
 * Emits each item with the observations of the h items after it as its `y` (y_{t+1} … y_{t+h}, time-major), once the last of
 * them has come: targets for a model that answers with all h steps at once. The last h items never get theirs, and do not come out.
 * @throws InvalidInputError (as an error of the stream) on observations that differ in width.
 * @example load$.pipe(windowed(24, { of: ({ load }) => [load] }), horizon(3, { of: ({ load }) => load }), minibatch(32), train(net, …))
 */
export function horizon<Item>(
  h: number,
  options: HorizonOptions<Item> & Required<Pick<HorizonOptions<Item>, "of">>,
): OperatorFunction<Item, AheadOf<Item>>;
export function horizon<Item extends { readonly y: number | ArrayLike<number> }>(
  h: number,
  options?: HorizonOptions<Item>,
): OperatorFunction<Item, AheadOf<Item>>;
export function horizon<Item>(
  h: number,
  options: HorizonOptions<Item> = {},
): OperatorFunction<Item, AheadOf<Item>> {
  whole(actor, "h", h);
  knownOptions(actor, options, ["of", "live"]);
  const { of = yOf, live } = options;
  const rows = lastRows(h);
  const items = lag<Item>(h);
  return operate((out) => {
    const state: AheadState<Item> = live?.state ?? { items: items.init(), rows: rows.init() };
    if (live) live.state = state;
    return {
      next: (item) => {
        const y = of(item);
        state.rows = rows.step(state.rows, typeof y === "number" ? [y] : y);
        state.items = items.step(state.items, item);
        if (state.items.values.length > h)
          out.next({ ...items.read(state.items)!, y: rows.read(state.rows) });
      },
    };
  });
}

const actor = "horizon()";

const yOf = (item: unknown): number | ArrayLike<number> => {
  const { y } = item as { y?: number | ArrayLike<number> };
  if (typeof y === "number" || typeof y?.length === "number") return y;
  throw invalid(actor, "a number or numbers as y (see the option `of`)", typeof y);
};
