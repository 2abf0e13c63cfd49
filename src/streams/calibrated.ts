import type { Observable } from "rxjs";
import type { AnyFold } from "../folds/anyFold.ts";
import type { Calibration } from "../folds/calibration.ts";
import type { Scored } from "../folds/scored.ts";
import { beforeLearning } from "./beforeLearning.ts";
import type { FoldOptions } from "./fold.ts";

/** What a step is given beside a calibrated prediction. */
export interface Calibrated<Reading extends Calibration> {
  /** The reading that has seen the target: its `apply` calibrates predictions to come. */
  readonly calibration: Reading;
}

/**
 * Replaces the prediction of each step by the calibrated one, made before its targets were seen; the fold then learns from the
 * prediction as it was. Metrics that follow score what is calibrated. Every subscription starts the fold anew, unless its state is in `live`.
 * @example
 * batches$.pipe(prequential(net, …), calibrated(temperature()), withFolds({ ece: calibrationError() }));
 * @throws InvalidInputError (as an error of the stream) on what is no probability, and on items that have a calibration already.
 */
export const calibrated = <Reading extends Calibration>(
  fold: AnyFold<Scored, Reading>,
  options: FoldOptions = {},
) => {
  const add = beforeLearning(actor, fold, ["calibration"], options, (item, before) => {
    const prediction = before.apply(item.prediction);
    return (calibration): Calibrated<Reading> & Pick<Scored, "prediction"> => ({ prediction, calibration });
  });
  return <Step extends Scored>(
    source: Observable<Step & { readonly calibration?: never }>,
  ): Observable<Step & Calibrated<Reading>> => source.pipe(add) as Observable<Step & Calibrated<Reading>>;
};

const actor = "calibrated()";
