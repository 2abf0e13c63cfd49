import type { Scored } from "../folds/scored.ts";
import type { Batch } from "../graph/batch.ts";
import type { Matrix } from "../math/matrix.ts";

/** The first rows of a prediction, which belong to this batch, beside what came true. */
export const scoredRows = ({ cols, data }: Matrix, { y, weight }: Batch): Scored => {
  const prediction = { rows: y.rows, cols, data: data.subarray(0, y.rows * cols) };
  return weight ? { prediction, target: y, weight } : { prediction, target: y };
};
