import { Subject } from "rxjs";

/**
 * A Subject whose `next` is short when there is one observer, as on almost every wire: 15 ns instead of 40
 * (`npm run bench`), and a step takes one for every layer and direction. With a tap on it, it is the Subject it was.
 */
export class Lane<T> extends Subject<T> {
  override next(value: T): void {
    const { observers } = this;
    if (observers.length === 1 && !this.isStopped && !this.closed) observers[0]!.next(value);
    else super.next(value);
  }
}
