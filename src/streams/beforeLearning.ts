import { defer, map, type OperatorFunction } from "rxjs";
import type { AnyFold } from "../folds/anyFold.ts";
import { fault, invalid } from "../math/invalid.ts";

/**
 * Adds to each item what a fold's reading from before it makes of it, and then lets the fold learn the item; `made` gets both
 * readings. Every subscription starts the fold anew.
 */
export const beforeLearning =
  <Item extends object, Reading, Added extends object>(
    actor: string,
    fold: AnyFold<Item, Reading>,
    fresh: readonly string[],
    made: (item: Item, before: Reading) => (after: Reading) => Added,
  ): OperatorFunction<Item, Item & Added> =>
  (source) =>
    defer(() => {
      let state = fold.init();
      let reading = fold.read(state as never);
      return source.pipe(
        map((item) => {
          const taken = fresh.find((name) => name in item);
          if (taken !== undefined) throw invalid(actor, "items without a field of that name", taken);
          if (!("prediction" in item && "target" in item)) throw fault(actor, scored, "steps without");
          const add = made(item, reading);
          state = fold.step(state as never, item);
          reading = fold.read(state as never);
          return Object.assign({}, item, add(reading));
        }),
      );
    });

const scored =
  "steps with a prediction and a target, as prequential() and train({ predictions: true }) make them";
