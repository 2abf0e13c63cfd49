import { Observable, type Unsubscribable } from "rxjs";

/** Says when to stop pulling, and when to go on. */
export interface Gate {
  /** Whether the next item may be pulled right after this one. */
  open(): boolean;
  /** Calls once when pulling may go on, later, unless it is unsubscribed before. */
  wait(resume: () => void): Unsubscribable;
}

/**
 * Pulls from an iterable or async iterable, one item at a time, for as long as the gate is open: nothing is made before it
 * is asked for. Whoever leaves closes the iterator, as does an error. Each subscription has an iterator and a gate of its own.
 */
export const pulling = <Item>(
  source: Iterable<Item> | AsyncIterable<Item>,
  start: () => Gate,
): Observable<Item> =>
  new Observable<Item>((out) => {
    const gate = start();
    const iterator: Iterator<Item> | AsyncIterator<Item> =
      Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
    let waiting: Unsubscribable | undefined;
    let over = false;
    out.add(() => {
      waiting?.unsubscribe();
      if (!over) Promise.resolve(iterator.return?.()).catch(() => {}); // nobody is left to hear of it
    });
    const fail = (error: unknown): void => {
      over = true;
      out.error(error);
    };
    const take = ({ done, value }: IteratorResult<Item>): boolean => {
      if (out.closed) return false;
      over = done === true;
      if (done) out.complete();
      else out.next(value);
      if (out.closed) return false;
      try {
        if (gate.open()) return true;
      } catch (error) {
        out.error(error);
        return false;
      }
      waiting = gate.wait(pull);
      return false;
    };
    const pull = (): void => {
      let result: IteratorResult<Item> | Promise<IteratorResult<Item>>;
      do {
        try {
          result = iterator.next();
        } catch (error) {
          fail(error);
          return;
        }
        if ("then" in result) {
          result.then((item) => {
            if (take(item)) pull();
          }, fail);
          return;
        }
      } while (take(result));
    };
    pull();
  });
