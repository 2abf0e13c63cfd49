import { Subject, Subscriber } from "rxjs";
import type { Live } from "./live.ts";

/** What is open for a key. */
export interface KeyLane<Item, Out> {
  readonly items: Subject<Item>;
  /** Who listens to what comes of them. */
  readonly inner: Subscriber<Out>;
  /** The state of its operators, if `project` puts it there. */
  readonly live: Live<unknown>;
}

/** Opens it: what comes of the items goes to `out`, but for the end, of which `ended` is told. */
export const keyLane = <Item, Out>(
  live: Live<unknown>,
  out: Subscriber<Out>,
  ended: (inner: Subscriber<Out>) => void,
): KeyLane<Item, Out> => {
  const inner = new Subscriber<Out>({
    next: (value) => out.next(value),
    error: (error: unknown) => out.error(error),
    complete: () => ended(inner),
  });
  return { items: new Subject<Item>(), inner, live };
};
