import { invalid } from "../math/invalid.ts";
import { timeQueue } from "./timeQueue.ts";

/** What takes items that are due; nothing comes any more once it is closed. */
export interface Outlet<Item> {
  next(item: Item): void;
  readonly closed: boolean;
}

/** Items that wait for the clock of a stream, which is what the stream says and no timer. */
export interface EventQueue<Item> {
  readonly length: number;
  /** Sets the clock, which never goes back, and brings out all that is due, in order; Infinity brings out the rest. */
  advance(now: number): void;
  /** Queues an item, even if it is due at once. @throws InvalidInputError when too many wait. */
  push(due: number, item: Item): void;
}

export const eventQueue = <Item>(
  actor: string,
  maxPending: number | undefined,
  out: Outlet<Item>,
): EventQueue<Item> => {
  const pending = timeQueue<Item>();
  let clock = Number.NEGATIVE_INFINITY;
  return {
    get length() {
      return pending.length;
    },
    advance: (now) => {
      clock = Math.max(clock, now);
      while (pending.length > 0 && pending.time <= clock && !out.closed) out.next(pending.pop()!);
    },
    push: (due, item) => {
      if (pending.length === maxPending)
        throw invalid(actor, `at most ${maxPending} waiting items (maxPending)`, `one more, due at ${due}`);
      pending.push(due, item);
    },
  };
};

/** A time that an item names, when it is one. @throws InvalidInputError */
export const eventTime = (actor: string, what: string, time: number, position: number): number => {
  if (Number.isFinite(time)) return time;
  throw invalid(actor, `a finite number as ${what}`, `${time} for item ${position}`);
};
