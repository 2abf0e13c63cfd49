import type { Fold } from "../math/fold.ts";
import type { Combined } from "./combined.ts";
import { type ExponentialWeightsState, exponentialWeights } from "./exponentialWeights.ts";

/** What each of several learners said, a row of numbers each, and what came true. */
export interface Said {
  readonly said: readonly ArrayLike<number>[];
  readonly truth: number;
}

/** The gradient of a convex loss of the mean F, one number a column. */
export type Slope = (F: ArrayLike<number>, truth: number) => readonly number[];

/** The gradient of −ln F_y for a class y, a straight line below 1/20, so that one surprise does not outweigh all the rest. */
export const ofClasses: Slope = (F, y) => Array.from(F, (p, j) => (j === y ? -1 / Math.max(p, 0.05) : 0));

/** The gradient of the Huber loss of a value, with δ = 1. */
export const ofValues: Slope = (F, y) => [Math.max(-1, Math.min(1, F[0]! - y))];

/**
 * Weights by which the mean of several predictions, F = Σ wᵢ·fᵢ, is nearly as good as the best mean that there is, and not as the best
 * learner alone: each is charged ⟨∇ℓ(F), fᵢ⟩ (Cesa-Bianchi & Lugosi, 2006, section 2.5), by {@link exponentialWeights}, which find
 * their own rate. What is older than a few thousand items is forgotten. A learner whose prediction is not finite is out from then on.
 */
export const mixture = (
  count: number,
  slope: Slope,
  { fading = 0.9995 }: { readonly fading?: number } = {},
): Fold<Said, Combined, ExponentialWeightsState> => {
  const weights = exponentialWeights(count, { fading });
  return {
    ...weights,
    step: (state, { said, truth }) => {
      const g = slope(meanOfSaid(said, weights.read(state)), truth);
      return weights.step(
        state,
        said.map((f) => chargeOf(g, f)),
      );
    },
  };
};

/** ⟨g, f⟩; NaN for a prediction that is not finite. */
const chargeOf = (g: readonly number[], f: ArrayLike<number>): number => {
  let sum = 0 * f[0]!;
  for (let j = 0; j < g.length; j++) if (g[j] !== 0) sum += g[j]! * f[j]!;
  return sum;
};

/** Σ wᵢ·fᵢ over those that are not out. */
export const meanOfSaid = (said: Said["said"], { weights, failed }: Combined): number[] => {
  const mean = new Array<number>(said[0]!.length).fill(0);
  let total = 0;
  for (let i = 0; i < said.length; i++) {
    const f = said[i]!;
    const w = weights[i]!;
    if (w === 0 || !Number.isFinite(f[0]) || failed.includes(i)) continue;
    total += w;
    for (let j = 0; j < mean.length; j++) mean[j]! += w * f[j]!;
  }
  for (let j = 0; j < mean.length; j++) mean[j]! /= total;
  return mean;
};
