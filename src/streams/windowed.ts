import type { OperatorFunction } from "rxjs";
import { type LastRowsState, lastRows } from "../folds/lastRows.ts";
import { invalid, knownOptions } from "../math/invalid.ts";
import type { Live } from "./live.ts";
import { operate } from "./operate.ts";

/** The rows of the window, and how many items came: plain data. */
export interface WindowedState {
  rows: LastRowsState;
  count: number;
}

export interface WindowedOptions<Item> {
  /** The row of numbers of an item; its `x` unless told otherwise. */
  readonly of?: (item: Item) => ArrayLike<number>;
  /** What comes of the first items: nothing until there are enough, or windows with zeros before the first. */
  readonly warmUp?: "wait" | "pad";
  /** Where the window is, if not inside the subscription: see {@link Live}. */
  readonly live?: Live<WindowedState>;
}

/** An item of the same kind, whose x is a window. */
export type Windowed<Item> = Omit<Item, "x"> & { readonly x: Float64Array };

/**
 * Emits each item with the rows of the last `size` items as its `x`, the oldest first: size · features numbers, time-major,
 * as recurrent and convolutional layers take them. Everything else stays, so samples stay samples. Each window is a copy.
 * @throws InvalidInputError (as an error of the stream) on rows that differ in width.
 * @example
 * samples$.pipe(windowed(8), minibatch(32), train(net, …));
 * readings$.pipe(windowed(8, { of: ({ celsius, bar }) => [celsius, bar] })); // adds x
 */
export function windowed<Item>(
  size: number,
  options: WindowedOptions<Item> & Required<Pick<WindowedOptions<Item>, "of">>,
): OperatorFunction<Item, Windowed<Item>>;
export function windowed<Item extends { readonly x: ArrayLike<number> }>(
  size: number,
  options?: WindowedOptions<Item>,
): OperatorFunction<Item, Windowed<Item>>;
export function windowed<Item>(
  size: number,
  options: WindowedOptions<Item> = {},
): OperatorFunction<Item, Windowed<Item>> {
  const rows = lastRows(size);
  knownOptions(actor, options, ["of", "warmUp", "live"]);
  const { of = xOf, warmUp = "wait", live } = options;
  if (warmUp !== "wait" && warmUp !== "pad")
    throw invalid(actor, '"wait" or "pad" as warmUp', String(warmUp));
  const needed = warmUp === "wait" ? size : 1;
  return operate((out) => {
    const state: WindowedState = live?.state ?? { rows: rows.init(), count: 0 };
    if (live) live.state = state;
    return {
      next: (item) => {
        state.rows = rows.step(state.rows, of(item));
        if (++state.count >= needed) out.next({ ...item, x: rows.read(state.rows) });
      },
    };
  });
}

const actor = "windowed()";

const xOf = (item: unknown): ArrayLike<number> => {
  const { x } = item as { x?: ArrayLike<number> };
  if (typeof x === "object" && typeof x.length === "number") return x;
  throw invalid(actor, "an array of numbers as x (see the option `of`)", typeof x);
};
