import { defer, map, type OperatorFunction } from "rxjs";
import type { AnyFold } from "../folds/anyFold.ts";
import { fault, invalid, knownOptions } from "../math/invalid.ts";
import type { FoldOptions } from "./fold.ts";

/**
 * Adds to each item what a fold's reading from before it makes of it, and then lets the fold learn the item; `made` gets both
 * readings. Every subscription starts the fold anew, unless its state is in `live`.
 */
export const beforeLearning = <Item extends object, Reading, Added extends object>(
  actor: string,
  fold: AnyFold<Item, Reading>,
  fresh: readonly string[],
  options: FoldOptions,
  made: (item: Item, before: Reading) => (after: Reading) => Added,
): OperatorFunction<Item, Item & Added> => {
  knownOptions(actor, options, ["live"]);
  return (source) =>
    defer(() => {
      const live = options.live ?? { state: undefined };
      live.state ??= fold.init();
      let reading = fold.read(live.state as never);
      return source.pipe(
        map((item) => {
          const taken = fresh.find((name) => name in item);
          if (taken !== undefined) throw invalid(actor, "items without a field of that name", taken);
          if (!("prediction" in item && "target" in item)) throw fault(actor, scored, "steps without");
          const add = made(item, reading);
          live.state = fold.step(live.state as never, item);
          reading = fold.read(live.state as never);
          return Object.assign({}, item, add(reading));
        }),
      );
    });
};

const scored =
  "steps with a prediction and a target, as prequential() and train({ predictions: true }) make them";
