import { invalid } from "../math/invalid.ts";
import { type TimeQueueState, timeQueue } from "./timeQueue.ts";

/** What takes items that are due; nothing comes any more once it is closed. */
export interface Outlet<Item> {
  next(item: Item): void;
  readonly closed: boolean;
}

/** What waits, and how far the clock has come: plain data. */
export interface EventQueueState<Waiting, Item> extends TimeQueueState<Waiting> {
  clock: number;
  /** The item that has set the clock, while it brings out what is due, and does not wait itself yet. */
  arriving: readonly Item[];
}

export const eventQueueState = <Waiting, Item>(): EventQueueState<Waiting, Item> => ({
  heap: [],
  pushed: 0,
  clock: Number.NEGATIVE_INFINITY,
  arriving: none,
});

/** Items that wait for the clock of a stream, which is what the stream says and no timer. */
export interface EventQueue<Waiting, Item> {
  readonly length: number;
  /** Sets the clock, which never goes back, to the moment of an item that arrives, and brings out all that is due, in order. */
  advance(now: number, item: Item): void;
  /** Brings out the rest. */
  drain(): void;
  /** Queues an item, even if it is due at once. @throws InvalidInputError when too many wait. */
  push(due: number, item: Waiting): void;
}

export const eventQueue = <Waiting, Item>(
  actor: string,
  maxPending: number | undefined,
  out: Outlet<Waiting>,
  state: EventQueueState<Waiting, Item> = eventQueueState(),
): EventQueue<Waiting, Item> => {
  const pending = timeQueue(state);
  const bringOut = (until: number): void => {
    while (pending.length > 0 && pending.time <= until && !out.closed) out.next(pending.pop()!);
  };
  return {
    get length() {
      return pending.length;
    },
    advance: (now, item) => {
      state.clock = Math.max(state.clock, now);
      if (pending.time <= state.clock) state.arriving = [item]; // who saves the state on what comes out has the item in it
      bringOut(state.clock);
      if (!out.closed) state.arriving = none;
    },
    drain: () => bringOut(Number.POSITIVE_INFINITY),
    push: (due, item) => {
      if (pending.length === maxPending)
        throw invalid(actor, `at most ${maxPending} waiting items (maxPending)`, `one more, due at ${due}`);
      pending.push(due, item);
    },
  };
};

const none: readonly never[] = [];

/** A time that an item names, when it is one. @throws InvalidInputError */
export const eventTime = (actor: string, what: string, time: number, position: number): number => {
  if (Number.isFinite(time)) return time;
  throw invalid(actor, `a finite number as ${what}`, `${time} for item ${position}`);
};
