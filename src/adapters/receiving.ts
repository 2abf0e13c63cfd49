import { Observable, type OperatorFunction } from "rxjs";
import { fifo } from "../streams/fifo.ts";
import { receive } from "../streams/receive.ts";
import type { Delivery } from "./delivery.ts";
import type { LedgerRun } from "./ledgerRun.ts";

/** Values of deliveries, one in hand at a time: one that comes meanwhile waits until all is done that the one before gives. */
export const receiving =
  <Value>(ledger: LedgerRun): OperatorFunction<Delivery<Value>, Value> =>
  (deliveries$) =>
    new Observable<Value>((out) => {
      const { book } = ledger;
      ledger.once("receive()");
      const pending = fifo<Delivery<Value>>();
      let ending = false;
      const work = (): void => {
        while (pending.length > 0 && !book.inHand && !out.closed) {
          const delivery = pending.shift()!;
          if (!book.begin(delivery)) continue;
          out.next(delivery.value);
          book.end(ledger.failed);
          ledger.drain();
        }
        if (ending && pending.length === 0 && !book.inHand) out.complete();
      };
      const attempt = (): void => {
        try {
          work();
        } catch (error) {
          ledger.failed = true;
          out.error(error);
        }
      };
      receive(deliveries$, out, {
        next: (delivery) => {
          pending.push(delivery);
          attempt();
        },
        error: (error) => out.error(error),
        complete: () => {
          ending = true;
          attempt();
        },
      });
    });
