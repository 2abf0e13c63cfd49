import { type MonoTypeOperatorFunction, Observable, Subject, takeUntil, type Unsubscribable } from "rxjs";
import { finite, invalid, whole } from "../math/invalid.ts";
import { type EventLoop, eventLoop } from "./eventLoop.ts";
import { fifo } from "./fifo.ts";

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
 * generator or `range` makes all its items first. `paced` pulls them one by one instead.
 * @throws InvalidInputError (as an error of the stream, at once) when more than `maxPending` wait: a million by default.
 */
export const yieldEvery = <Item>(
  ms = 4,
  { maxPending = 1e6, scheduler = eventLoop }: YieldOptions = {},
): MonoTypeOperatorFunction<Item> => {
  finite(actor, "ms", ms, { min: 0 });
  if (maxPending !== Number.POSITIVE_INFINITY) whole(actor, "maxPending", maxPending);
  return (source) =>
    new Observable<Item>((out) => {
      const gone$ = new Subject<void>(); // also stops a source that emits while it is being subscribed to
      const pending = fifo<Item>();
      let turn: Unsubscribable | undefined; // the next turn, which is always asked for while anything waits
      let deadline = 0;
      let end: (() => void) | undefined;

      const begin = (): void => {
        deadline = scheduler.now() + ms;
        turn = scheduler.schedule(resume);
      };
      const resume = (): void => {
        turn = undefined;
        if (pending.length === 0) return; // the burst is over
        begin();
        do out.next(pending.shift()!);
        while (pending.length > 0 && !out.closed && scheduler.now() < deadline);
        if (pending.length === 0) end?.();
      };
      out.add(() => {
        gone$.next();
        turn?.unsubscribe();
        pending.clear();
      });
      const finish = (how: () => void): void => {
        end = how;
        if (pending.length === 0) end();
      };
      source.pipe(takeUntil(gone$)).subscribe({
        next: (item) => {
          if (!turn) begin();
          else if (pending.length > 0 || scheduler.now() >= deadline) {
            if (pending.length < maxPending) pending.push(item);
            else out.error(invalid(actor, `at most ${maxPending} waiting items (maxPending)`, tooMany));
            return;
          }
          out.next(item);
        },
        error: (error) => finish(() => out.error(error)),
        complete: () => finish(() => out.complete()),
      });
    });
};

const actor = "yieldEvery()";
const tooMany = "one more: paced(iterable) pulls from a source instead";
