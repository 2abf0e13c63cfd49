import { defer, map, type OperatorFunction } from "rxjs";
import type { AnyFold } from "../folds/anyFold.ts";

/** A fold lifted to streams: emits the reading after each item. Every subscription starts it anew. */
export const fold =
  <Item, Reading>(f: AnyFold<Item, Reading>): OperatorFunction<Item, Reading> =>
  (source) =>
    defer(() => {
      let state = f.init();
      return source.pipe(
        map((item) => {
          state = f.step(state as never, item);
          return f.read(state as never);
        }),
      );
    });
