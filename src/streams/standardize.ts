import { map, type Observable } from "rxjs";
import type { Scaler } from "../folds/scaler.ts";
import type { Batch } from "../graph/batch.ts";
import { knownOptions } from "../math/invalid.ts";
import type { Sample } from "./sample.ts";

/** An item of the same kind, with other numbers in x and y. */
export type Standardized<Item extends Sample | Batch> = Omit<Item, "x" | "y"> &
  Pick<Item extends Batch ? Batch : Sample, "x" | "y">;

/**
 * Brings the inputs and targets of samples or batches to mean 0 and deviation 1, by scalers that you hold: predictions go
 * through the same ones, and change nothing. Each item is learned first and then transformed, as River does it; with
 * `freeze` it is only transformed. Items are not touched: new ones come out.
 *
 * The state is that of the scalers, so all subscriptions share it.
 * @throws InvalidInputError on options that nobody reads.
 * @example
 * const inputs = scaler();
 * const targets = scaler();
 * const steps$ = samples$.pipe(standardize({ inputs, targets }), minibatch(32), train(net, …));
 * targets.inverse(net.predict(inputs.transform(x)));
 */
export const standardize = (options: { inputs?: Scaler; targets?: Scaler; freeze?: boolean }) => {
  knownOptions("standardize()", options, ["inputs", "targets", "freeze"]);
  const { inputs, targets, freeze = false } = options;
  return <Item extends Sample | Batch>(source: Observable<Item>): Observable<Standardized<Item>> =>
    source.pipe(
      map((item) => {
        const { x, y } = item;
        const scaledX = inputs ? through(inputs, x, freeze) : x;
        const scaledY = !targets
          ? y
          : typeof y === "number"
            ? through(targets, [y], freeze)[0]!
            : through(targets, y, freeze);
        return { ...item, x: scaledX, y: scaledY } as unknown as Standardized<Item>;
      }),
    );
};

const through = <A extends Batch["x"] | Sample["x"]>(scaler: Scaler, item: A, freeze: boolean): A => {
  if (!freeze) scaler.learn(item);
  return ("data" in item ? scaler.transform(item) : scaler.transform(item)) as A;
};
