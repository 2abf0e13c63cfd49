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
        said.map((f) => g.reduce((sum, gj, j) => sum + (gj === 0 ? 0 : gj * f[j]!), 0 * f[0]!)),
      );
    },
  };
};

/** Σ wᵢ·fᵢ over those that are not out. */
export const meanOfSaid = (said: Said["said"], { weights, failed }: Combined): number[] => {
  const living = said.map((f, i) => (!failed.includes(i) && Number.isFinite(f[0]) ? weights[i]! : 0));
  const total = living.reduce((a, b) => a + b, 0);
  return Array.from(said[0]!, (_, j) =>
    said.reduce((sum, f, i) => (living[i] === 0 ? sum : sum + (living[i]! / total) * f[j]!), 0),
  );
};
