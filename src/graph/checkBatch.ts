import type { Loss } from "../losses/loss.ts";
import { invalid } from "../math/invalid.ts";
import { shapeOf } from "../math/matrix.ts";
import type { Batch } from "./batch.ts";
import { checkInput, checkNumbers, checkShape } from "./checkInput.ts";
import type { Model } from "./model.ts";

/**
 * Refuses a batch that a model cannot learn from: shapes that do not fit, numbers that are not finite, targets that the
 * loss is not defined for.
 * @throws InvalidInputError that names the actor.
 */
export const checkBatch = (
  actor: string,
  batch: Batch,
  shape: Pick<Model, "inputs" | "outputs" | "weights">,
  loss: Loss,
): void => {
  checkAllButNumbers(actor, batch, shape, loss);
  checkNumbers(actor, batch.x, shape.weights.kernels.precision);
};

/** The same, but for the numbers in x, which the kernels look at faster: see admitFinite. */
export const checkAllButNumbers = (
  actor: string,
  batch: Batch,
  { inputs, outputs, weights }: Pick<Model, "inputs" | "outputs" | "weights">,
  loss: Loss,
): void => {
  const { precision } = weights.kernels;
  checkShape(actor, batch?.x, inputs, precision);
  checkInput(actor, batch.y, undefined, precision, "y");
  const { x, y, weight } = batch;
  if (y.rows !== x.rows) throw invalid(actor, `${x.rows} rows in y, as in x`, shapeOf(y));
  if (outputs !== undefined) loss.check?.(y, outputs);
  if (!weight) return;
  checkInput(actor, weight, 1, precision, "weight");
  if (weight.rows !== x.rows) throw invalid(actor, `${x.rows} rows in weight, as in x`, shapeOf(weight));
  const negative = weight.data.findIndex((w) => w < 0);
  if (negative >= 0)
    throw invalid(actor, "weights of at least 0", `${weight.data[negative]} in row ${negative}`);
};
