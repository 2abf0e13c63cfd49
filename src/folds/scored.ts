import { invalid } from "../math/invalid.ts";
import { type Matrix, shapeOf } from "../math/matrix.ts";

/** A prediction beside what came true: what metrics fold. The steps of `prequential` have these fields. */
export interface Scored {
  /** n × m. */
  readonly prediction: Matrix;
  /** n × m; for classes also n × 1 class indices. */
  readonly target: Matrix;
  /** n × 1: what each row counts for; 1 without it. */
  readonly weight?: Matrix;
}

/** Refuses scored rows whose parts do not have the same number of rows. @throws InvalidInputError */
export const sameRows = (actor: string, { prediction, target, weight }: Scored): void => {
  if (target.rows !== prediction.rows)
    throw invalid(actor, `${prediction.rows} rows of targets`, shapeOf(target));
  if (weight && (weight.rows !== prediction.rows || weight.cols !== 1))
    throw invalid(actor, `weights of ${prediction.rows} × 1`, shapeOf(weight));
};

/** Refuses targets of another shape than the prediction. @throws InvalidInputError */
export const sameShape = (actor: string, scored: Scored): void => {
  sameRows(actor, scored);
  const { prediction, target } = scored;
  if (target.cols !== prediction.cols)
    throw invalid(actor, `targets of ${shapeOf(prediction)}`, shapeOf(target));
};
