import { Observable, type OperatorFunction, type Subscriber } from "rxjs";
import { receive } from "./receive.ts";

/** What a hand-written operator does with an item and at the end. A throw becomes an error of the stream. */
export interface Operation<Item> {
  next(item: Item): void;
  complete?(): void;
}

/**
 * An operator for hot paths and timers, where composing RxJS operators would cost a hop or an Observable an item. `start`
 * runs at each subscription, which is where the state belongs; errors of the source pass.
 */
export const operate =
  <Item, Out>(start: (out: Subscriber<Out>) => Operation<Item>): OperatorFunction<Item, Out> =>
  (source) =>
    new Observable<Out>((out) => {
      const operation = start(out);
      receive(source, out, {
        next: (item) => {
          try {
            operation.next(item);
          } catch (error) {
            out.error(error);
          }
        },
        error: (error) => out.error(error),
        complete: () => {
          if (out.closed) return;
          try {
            operation.complete?.();
            out.complete();
          } catch (error) {
            out.error(error);
          }
        },
      });
    });
