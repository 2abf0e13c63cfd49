import type { MonoTypeOperatorFunction } from "rxjs";
import { finite, invalid, knownOptions, whole } from "../math/invalid.ts";
import { type EventLoop, eventLoop } from "./eventLoop.ts";
import { fifo } from "./fifo.ts";
import { takingTurns } from "./takingTurns.ts";

export interface YieldOptions {
  /** More than this many waiting items are an error, instead of memory that grows without end. */
  readonly maxPending?: number;
  /** Where clock and turns come from. */
  readonly scheduler?: EventLoop;
}

/**
 * Gives timers and I/O a turn after every `ms` milliseconds of work downstream, when a source pushes item after item. What
 * comes while they have it waits, and comes out in order, as do the end and an error. The first `ms` of a burst pass at
 * once, so a slow or live source is not delayed.
 *
 * A source that pushes cannot be stopped, so what it pushes in one go is queued: for an array those are references; a
 * generator or `range` makes all its items first. `paced` pulls them one by one instead, and `backpressure` says what becomes
 * of those for which there is no room.
 * @throws InvalidInputError (as an error of the stream, at once) when more than `maxPending` wait: a million by default.
 */
export const yieldEvery = <Item>(ms = 4, options: YieldOptions = {}): MonoTypeOperatorFunction<Item> => {
  knownOptions(actor, options, ["maxPending", "scheduler"]);
  const { maxPending = 1e6, scheduler = eventLoop } = options;
  finite(actor, "ms", ms, { min: 0 });
  if (maxPending !== Number.POSITIVE_INFINITY) whole(actor, "maxPending", maxPending);
  return takingTurns(ms, scheduler, () => {
    const pending = fifo<Item>();
    return {
      pending,
      take: (item) => {
        if (pending.length >= maxPending)
          throw invalid(actor, `at most ${maxPending} waiting items (maxPending)`, tooMany);
        pending.push(item);
      },
    };
  });
};

const actor = "yieldEvery()";
const tooMany = "one more: paced(iterable) pulls from a source instead";
