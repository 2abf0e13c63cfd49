import type { Matrix } from "../math/matrix.ts";

/**
 * Writes ln softmax(z) of row i into the same row of `out`. The largest logit is taken out of the sum, so that nothing
 * overflows and a class that is all but sure keeps its small loss.
 */
export const writeLogSoftmax = ({ cols, data: z }: Matrix, i: number, { data: out }: Matrix): void => {
  const from = i * cols;
  let top = from;
  for (let j = from; j < from + cols; j++) if (z[j]! > z[top]!) top = j;
  const max = z[top]!;
  let others = 0;
  for (let j = from; j < from + cols; j++) if (j !== top) others += Math.exp(z[j]! - max);
  const rest = Math.log1p(others);
  for (let j = from; j < from + cols; j++) out[j] = z[j]! - max - rest;
};
