import { concat, from, Observable, type OperatorFunction, Subject, tap } from "rxjs";
import { fifo } from "../streams/fifo.ts";
import { receive } from "../streams/receive.ts";
import type { LedgerRun } from "./ledgerRun.ts";

/**
 * Gathers items into groups, and has them learned, one group at a time, when no delivery is in hand: by then the states of all that
 * stands in front have taken in the same deliveries as the books.
 */
export const learning =
  <Item, Group, Out>(
    ledger: LedgerRun,
    gather: OperatorFunction<Item, Group>,
    rowsOf: (group: Group) => number,
    learner: OperatorFunction<Group, Out>,
  ): OperatorFunction<Item, Out> =>
  (items$) =>
    new Observable<Out>((out) => {
      const { book, restored } = ledger;
      ledger.once("learn()");
      const groups = new Subject<Group>();
      const pending = fifo<Group>();
      let busy = false;
      let ending = false;
      const fail = (error: unknown): void => {
        ledger.failed = true;
        out.error(error);
      };
      const work = (): void => {
        if (busy || book.inHand) return;
        busy = true;
        while (pending.length > 0 && !out.closed) {
          const group = pending.shift()!;
          const taken = book.take(rowsOf(group));
          groups.next(group);
          if (ledger.failed) taken.failed();
          else taken.learned();
        }
        busy = false;
        if (ending) groups.complete();
      };
      ledger.drain = () => {
        try {
          work();
        } catch (error) {
          fail(error);
        }
      };
      receive(learner(groups), out, {
        next: (learned) => out.next(learned),
        error: fail,
        complete: () => out.complete(),
      });
      const all$ = concat(from(restored as Item[]), items$).pipe(tap((item) => book.add(item)));
      receive(gather(all$), out, {
        next: (group) => {
          pending.push(group);
          ledger.drain();
        },
        error: fail,
        complete: () => {
          ending = true;
          ledger.drain();
        },
      });
    });
