import type { OperatorFunction } from "rxjs";
import { lastRows } from "../folds/lastRows.ts";
import { invalid, knownOptions, whole } from "../math/invalid.ts";
import { fifo } from "./fifo.ts";
import { operate } from "./operate.ts";

export interface HorizonOptions<Item> {
  /** What is observed with an item: a number, or some; its `y` unless told otherwise. */
  readonly of?: (item: Item) => number | ArrayLike<number>;
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
  options: Required<HorizonOptions<Item>>,
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
  knownOptions(actor, options, ["of"]);
  const { of = yOf } = options;
  const rows = lastRows(h);
  return operate((out) => {
    const waiting = fifo<Item>();
    let state = rows.init();
    return {
      next: (item) => {
        const y = of(item);
        state = rows.step(state, typeof y === "number" ? [y] : y);
        waiting.push(item);
        if (waiting.length > h) out.next({ ...waiting.shift()!, y: rows.read(state) });
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
