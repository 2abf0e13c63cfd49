import type { Observable } from "rxjs";
import type { AnyFold } from "../folds/anyFold.ts";
import { type ConformalSet, conformalSet } from "../folds/conformalSet.ts";
import type { Scored } from "../folds/scored.ts";
import { setOf } from "../folds/setOf.ts";
import type { Matrix } from "../math/matrix.ts";
import { beforeLearning } from "./beforeLearning.ts";
import type { FoldOptions } from "./fold.ts";

/** What a step is given beside its probabilities. */
export interface WithSet {
  /** Made before the class was seen: 1 for a class that is in the set, n × classes. */
  readonly set: Matrix;
  /** The reading that has seen the class: what makes sets of probabilities to come, by `setOf`. */
  readonly conformal: ConformalSet;
}

/**
 * Adds to each step the sets of classes that its probabilities leave open, which were made before its targets were seen, and
 * the reading that has seen them. Every subscription starts the fold anew, unless its state is in `live`.
 * @example
 * batches$.pipe(prequential(net, …), withSets(conformalSet({ coverage: 0.95 })));
 * // { id, loss, …, set, conformal: { coverage, size, … } }
 * @throws InvalidInputError (as an error of the stream) on what is no probability, and on items that have such fields already.
 */
export const withSets = (fold: AnyFold<Scored, ConformalSet> = conformalSet(), options: FoldOptions = {}) => {
  const add = beforeLearning(actor, fold, ["set", "conformal"], options, ({ prediction }, before) => {
    const set = setOf(before, prediction);
    return (conformal): WithSet => ({ set, conformal });
  });
  return <Step extends Scored>(
    source: Observable<Step & { readonly [Name in keyof WithSet]?: never }>,
  ): Observable<Step & WithSet> => source.pipe(add) as Observable<Step & WithSet>;
};

const actor = "withSets()";
