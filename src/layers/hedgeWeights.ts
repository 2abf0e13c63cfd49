import { power } from "../math/power.ts";

/** How the weights of heads follow their losses. */
export interface HedgeRule {
  /** β: a loss of 1 multiplies a weight by it. */
  readonly beta: number;
  /** s: no head weighs less than about s / heads, so that a deep one that was slow to start is not lost. */
  readonly smoothing: number;
  /** Losses are put between 0 and 1 first, the best head's 0 and the worst's 1. */
  readonly scaled: boolean;
}

/**
 * One step of Hedge (Freund & Schapire, 1997) with a floor, as in Hedge backpropagation: αₗ ← max(αₗ·β^Lₗ, s/L), then all
 * are divided by their sum (Sahoo, Pham, Lu & Hoi, IJCAI 2018, algorithm 1). Writes into `alpha`.
 */
export const hedgeWeights = (
  alpha: { [index: number]: number; readonly length: number },
  losses: ArrayLike<number>,
  { beta, smoothing: s, scaled }: HedgeRule,
): void => {
  const L = alpha.length;
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let l = 0; l < L; l++) [least, most] = [Math.min(least, losses[l]!), Math.max(most, losses[l]!)];
  const scale = (loss: number) => (!scaled ? loss : most > least ? (loss - least) / (most - least) : 0);
  let sum = 0;
  for (let l = 0; l < L; l++) {
    alpha[l] = Math.max(alpha[l]! * power(beta, scale(losses[l]!)), s / L);
    sum += alpha[l]!;
  }
  for (let l = 0; l < L; l++) alpha[l]! /= sum;
};
