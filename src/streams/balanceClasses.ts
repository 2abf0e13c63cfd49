import { defer, map, type Observable } from "rxjs";
import { balancer, type ClassBalanceOptions } from "../folds/classBalance.ts";
import type { ClassCounts } from "../folds/classCounts.ts";
import type { Batch } from "../graph/batch.ts";
import { fault, inWords, knownOptions } from "../math/invalid.ts";
import type { Live } from "./live.ts";

export interface BalanceClassesOptions extends ClassBalanceOptions {
  /** Where the counts are, if not inside the subscription: see {@link Live}. */
  readonly live?: Live<ClassCounts>;
}

/**
 * Gives every row of a batch the weight that makes up for how often its class came, as {@link classBalance} has it: by the
 * rows before it, times its own weight where it has one. Targets are class indices or 0 and 1 (n × 1; −1 is class 0), or
 * one-hot rows (n × k). A class that comes for the first time counts as one that came once. Batches are not touched: new
 * ones come out. Every subscription counts anew, unless the counts are in `live`.
 * @throws InvalidInputError here for bad options, and on the stream for targets that are no classes; what is not finite
 * passes: `train` decides about it.
 * @example batches$.pipe(balanceClasses({ max: 50 }), train(net, …))
 */
export const balanceClasses = (options: BalanceClassesOptions = {}) => {
  knownOptions(actor, options, ["forgetting", "max", "live"]);
  const { live, ...balance } = options;
  const { init, weigh } = balancer(actor, balance);
  return <Item extends Batch>(source: Observable<Item>): Observable<Item> =>
    defer(() => {
      const state = live?.state ?? init();
      if (live) live.state = state;
      return source.pipe(
        map((batch) => {
          if (typeof batch?.y?.rows !== "number")
            throw fault(actor, "batches, as minibatch() makes them", `${inWords(batch?.y)} as y`);
          return { ...batch, weight: weigh(state, batch.y, batch.weight) };
        }),
      );
    });
};

const actor = "balanceClasses()";
