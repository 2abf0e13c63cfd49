import { defer, map, type OperatorFunction } from "rxjs";
import type { AnyFold } from "../folds/anyFold.ts";
import { knownOptions } from "../math/invalid.ts";
import type { Live } from "./live.ts";

export interface FoldOptions {
  /** Where the state is, if not inside the subscription: so that it can be saved, and gone on from. It begins as `{ state: undefined }`. */
  readonly live?: Live<unknown>;
}

/** A fold lifted to streams: emits the reading after each item. Every subscription starts it anew, unless its state is in `live`. */
export const fold = <Item, Reading>(
  f: AnyFold<Item, Reading>,
  options: FoldOptions = {},
): OperatorFunction<Item, Reading> => {
  knownOptions("fold()", options, ["live"]);
  return (source) =>
    defer(() => {
      const live = options.live ?? { state: undefined };
      live.state ??= f.init();
      return source.pipe(
        map((item) => {
          live.state = f.step(live.state as never, item);
          return f.read(live.state as never);
        }),
      );
    });
};
