import { logistic } from "../math/functions.ts";
import type { Data } from "../math/matrix.ts";
import { probability } from "./probability.ts";

/** The least probability that a logit is taken of, and 1 minus the greatest: about where float32 ends. */
const least = 1e-7;

const within = (p: number): number => Math.min(Math.max(p, least), 1 - least);

/**
 * The logits of one row of probabilities: of one number, ln p − ln(1 − p); of several, ln p of each. Probabilities are clipped
 * to [1e-7, 1 − 1e-7].
 * @throws InvalidInputError when one is no probability.
 */
export const logitsOf = (actor: string, data: ArrayLike<number>, cols: number, i: number): number[] => {
  const p = (j: number) => within(probability(actor, data[i * cols + j]!, i));
  return cols === 1 ? [Math.log(p(0) / (1 - p(0)))] : Array.from({ length: cols }, (_, j) => Math.log(p(j)));
};

/** The way back: the logistic function of one logit, and the softmax of several. */
export const probabilitiesOf = (logits: readonly number[]): number[] => {
  if (logits.length === 1) return [logistic(logits[0]!)];
  const most = Math.max(...logits);
  const e = logits.map((z) => Math.exp(z - most));
  const sum = e.reduce((a, b) => a + b, 0);
  return e.map((v) => v / sum);
};

/** Every row of probabilities through a function of its logits. */
export const mapLogits = (
  actor: string,
  data: ArrayLike<number>,
  cols: number,
  out: Data,
  map: (logits: readonly number[]) => readonly number[],
): void => {
  for (let i = 0; i * cols < data.length; i++)
    out.set(probabilitiesOf(map(logitsOf(actor, data, cols, i))), i * cols);
};
