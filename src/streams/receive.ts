import { type Observable, type Observer, Subscriber } from "rxjs";

/**
 * Subscribes on behalf of a subscriber downstream: when that one is gone, even a source that emits while it is being
 * subscribed to stops at once. The observer must not throw; it is called without a wrapper, one hop an item.
 */
export const receive = <T>(source: Observable<T>, out: Subscriber<unknown>, observer: Observer<T>): void => {
  const inner = new Subscriber<T>(observer);
  out.add(inner);
  source.subscribe(inner);
};
