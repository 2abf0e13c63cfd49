import { type Matrix, zeros } from "./matrix.ts";

/**
 * The weights of what is there, divided by their sum; where all of these weigh nothing, they weigh the same. What is not there
 * weighs 0.
 */
export const sharesOf = (there: readonly unknown[], weights: readonly number[]): number[] => {
  const total = weights.reduce((sum, w, i) => (there[i] ? sum + w : sum), 0);
  const count = there.filter(Boolean).length;
  return weights.map((w, i) => (!there[i] ? 0 : total > 0 ? w / total : 1 / count));
};

/** Σ wᵢ·mᵢ over the matrices that are there, in float64; undefined of none. The weights sum to 1, see {@link sharesOf}. */
export const weightedMean = (
  matrices: readonly (Matrix | undefined)[],
  weights: readonly number[],
): Matrix | undefined => {
  const first = matrices.find((m) => m);
  if (!first) return undefined;
  const mean = zeros(first.rows, first.cols);
  matrices.forEach((m, i) => {
    const w = weights[i]!;
    if (m && w !== 0) for (let j = 0; j < mean.data.length; j++) mean.data[j]! += w * m.data[j]!;
  });
  return mean;
};
