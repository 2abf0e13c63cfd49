import { type MonoTypeOperatorFunction, Observable, Subject, takeUntil, type Unsubscribable } from "rxjs";
import type { EventLoop } from "./eventLoop.ts";
import type { Fifo } from "./fifo.ts";

/** Where items wait for their turn. */
export interface WaitingRoom<Item> {
  readonly pending: Fifo<Item>;
  /** Takes in an item that has to wait, or throws, which ends the stream at once. */
  take(item: Item): void;
  /** The source has been subscribed to; throws as `take` does. */
  opened?(): void;
  /** Nobody listens any more. */
  closed?(): void;
  /** An item comes out without having waited. */
  passed?(): void;
  /** A turn is over in which items have come out that had waited, or a burst of which none waits any more. */
  turned?(): void;
}

/**
 * Gives timers and I/O a turn after every `ms` milliseconds of work downstream. What comes while they have it waits in a room,
 * and comes out in order, as do the end and an error. The first `ms` of a burst pass at once.
 */
export const takingTurns = <Item>(
  ms: number,
  scheduler: EventLoop,
  open: () => WaitingRoom<Item>,
): MonoTypeOperatorFunction<Item> => {
  return (source) =>
    new Observable<Item>((out) => {
      const gone$ = new Subject<void>(); // also stops a source that emits while it is being subscribed to
      const room = open();
      const { pending } = room;
      let turn: Unsubscribable | undefined; // the next turn, which is always asked for while anything waits
      let deadline = 0;
      let end: (() => void) | undefined;

      const begin = (): void => {
        deadline = scheduler.now() + ms;
        turn = scheduler.schedule(resume);
      };
      const resume = (): void => {
        turn = undefined;
        if (pending.length === 0) {
          turned(); // the burst is over
          return;
        }
        begin();
        do out.next(pending.shift()!);
        while (pending.length > 0 && !out.closed && scheduler.now() < deadline);
        if (!out.closed) turned();
        if (pending.length === 0) end?.();
      };
      const attempt = (job: () => void): void => {
        try {
          job();
        } catch (error) {
          out.error(error);
        }
      };
      const turned = (): void => attempt(() => room.turned?.());
      const take = (item: Item): void => attempt(() => room.take(item));
      out.add(() => {
        gone$.next();
        turn?.unsubscribe();
        pending.clear();
        room.closed?.();
      });
      const finish = (how: () => void): void => {
        end = how;
        if (pending.length > 0) return;
        if (turn) turned();
        end();
      };
      source.pipe(takeUntil(gone$)).subscribe({
        next: (item) => {
          if (!turn) begin();
          else if (pending.length > 0 || scheduler.now() >= deadline) {
            take(item);
            return;
          }
          room.passed?.();
          out.next(item);
        },
        error: (error) => finish(() => out.error(error)),
        complete: () => finish(() => out.complete()),
      });
      if (!out.closed) attempt(() => room.opened?.());
    });
};
