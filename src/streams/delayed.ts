import type { MonoTypeOperatorFunction } from "rxjs";
import { knownOptions, whole } from "../math/invalid.ts";
import { type EventQueueState, eventQueue, eventQueueState, eventTime } from "./eventQueue.ts";
import type { Live } from "./live.ts";
import { operate } from "./operate.ts";

/** How `delayed` reads the clock off an item, and how many items may wait. */
export interface DelayedOptions<Item> {
  /** When an item happens; its `time` unless told otherwise. In the unit of `until`, whatever that is. */
  readonly moment?: (item: Item) => number;
  /** More than this many waiting items are an error, instead of memory that grows without end. */
  readonly maxPending?: number;
  /** Where what waits is, if not inside the subscription: see {@link Live}. */
  readonly live?: Live<EventQueueState<Item, Item>>;
}

/**
 * An event-time queue: an item comes out when the stream's clock has reached `until(item)`. The clock is what the items
 * say, the latest `moment` seen, and no timer; it never goes back. An arriving item sets the clock, then everything that
 * is due comes out in the order of `until` (of arrival, if equal), and only then is the item itself queued: even if it is
 * due at once, it waits for the next item. Completion brings out the rest, in order; an error discards it. O(log n) an item.
 *
 * Hand-written, because each item may bring out none or many, and there are millions.
 * @example
 * // flights in order of departure: learn what has landed by then, and only then predict
 * flights$.pipe(
 *   connect((flight$) =>
 *     merge(
 *       flight$.pipe(delayed((f) => f.landed, { moment: (f) => f.departed }), minibatch(1), train(net, …), ignoreElements()),
 *       flight$.pipe(map((f) => net.predict(matrix([f.x])))),
 *     ),
 *   ),
 * );
 * @throws InvalidInputError (as an error of the stream) on a time that is not finite, or when too many wait.
 */
export function delayed<Item>(
  until: (item: Item) => number,
  options: DelayedOptions<Item> & Required<Pick<DelayedOptions<Item>, "moment">>,
): MonoTypeOperatorFunction<Item>;
export function delayed<Item extends { readonly time: number }>(
  until: (item: Item) => number,
  options?: DelayedOptions<Item>,
): MonoTypeOperatorFunction<Item>;
export function delayed<Item>(
  until: (item: Item) => number,
  options: DelayedOptions<Item> = {},
): MonoTypeOperatorFunction<Item> {
  knownOptions(actor, options, ["moment", "maxPending", "live"]);
  const { moment = timeOf, maxPending, live } = options;
  if (maxPending !== undefined) whole(actor, "maxPending", maxPending);
  return operate((out) => {
    const state = live?.state ?? eventQueueState<Item, Item>();
    if (live) live.state = state;
    const queue = eventQueue(actor, maxPending, out, state);
    const next = (item: Item): void => {
      const now = eventTime(actor, what, moment(item), state.pushed);
      const due = eventTime(actor, "until", until(item), state.pushed);
      queue.advance(now, item);
      if (!out.closed) queue.push(due, item);
    };
    for (const item of state.arriving) next(item); // it was, when the state was saved
    return { next, complete: queue.drain };
  });
}

const actor = "delayed()";

const timeOf = (item: unknown): number => (item as { time: number }).time;

const what = "moment (by default its `time`; see the option `moment`)";
