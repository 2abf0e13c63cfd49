import type { Data } from "../math/matrix.ts";

/** What becomes of the mean change: `rate` 1 without momentum is federated averaging; 0.7 and Nesterov's 0.9 are DiLoCo's. */
export interface Outer {
  readonly rate: number;
  readonly momentum: number;
  readonly nesterov: boolean;
}

/** What a worker has come to in a round: its weights, or how far they have moved; and how much that counts. */
export interface Contribution {
  readonly kind: "weights" | "change";
  readonly values: Data;
  readonly samples: number;
}

/**
 * The outer step of local SGD, in place: the workers' changes Δᵢ, weighted by samples, are a gradient g = −Σ nᵢΔᵢ / Σ nᵢ, on which descends
 * plain or with momentum (McMahan et al., 2017; Stich, 2018; Douillard et al., 2023). The order of the contributions is the order of the sum,
 * so all who have the same get the same bits.
 */
export const outerStep = (
  weights: Data,
  velocity: Float64Array,
  contributions: readonly Contribution[],
  { rate, momentum, nesterov }: Outer,
): void => {
  const total = contributions.reduce((sum, { samples }) => sum + samples, 0);
  if (total === 0) return;
  const change = new Float64Array(weights.length);
  for (const { kind, values, samples } of contributions) {
    if (samples === 0) continue;
    const share = samples / total;
    if (kind === "weights")
      for (let i = 0; i < change.length; i++) change[i]! += share * (values[i]! - weights[i]!);
    else for (let i = 0; i < change.length; i++) change[i]! += share * values[i]!;
  }
  if (momentum === 0) {
    for (let i = 0; i < change.length; i++) weights[i]! += rate * change[i]!;
    return;
  }
  for (let i = 0; i < change.length; i++) {
    const v = momentum * velocity[i]! + change[i]!;
    velocity[i] = v;
    weights[i]! += rate * (nesterov ? change[i]! + momentum * v : v);
  }
};
