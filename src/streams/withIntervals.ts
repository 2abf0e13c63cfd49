import type { Observable } from "rxjs";
import type { AnyFold } from "../folds/anyFold.ts";
import { type ConformalInterval, conformalInterval } from "../folds/conformalInterval.ts";
import { type Interval, intervalAround } from "../folds/intervalAround.ts";
import type { Scored } from "../folds/scored.ts";
import { beforeLearning } from "./beforeLearning.ts";
import type { FoldOptions } from "./fold.ts";

/** What a step is given beside its prediction. */
export interface WithInterval {
  /** Made before the target was seen. */
  readonly interval: Interval;
  /** The reading that has seen the target: what makes intervals around predictions to come, by `intervalAround`. */
  readonly conformal: ConformalInterval;
}

/**
 * Adds to each step the intervals around its predictions, which were made before its targets were seen, and the reading that
 * has seen them. Every subscription starts the fold anew, unless its state is in `live`.
 * @example
 * batches$.pipe(prequential(net, …), withIntervals(conformalInterval({ coverage: 0.9 })));
 * // { id, loss, …, interval: { lower, upper }, conformal: { coverage, width, … } }
 * @throws InvalidInputError (as an error of the stream) on what is not finite, and on items that have such fields already.
 */
export const withIntervals = (
  fold: AnyFold<Scored, ConformalInterval> = conformalInterval(),
  options: FoldOptions = {},
) => {
  const add = beforeLearning(actor, fold, ["interval", "conformal"], options, ({ prediction }, before) => {
    const interval = intervalAround(before, prediction);
    return (conformal): WithInterval => ({ interval, conformal });
  });
  return <Step extends Scored>(
    source: Observable<Step & { readonly [Name in keyof WithInterval]?: never }>,
  ): Observable<Step & WithInterval> => source.pipe(add) as Observable<Step & WithInterval>;
};

const actor = "withIntervals()";
