import { finite, invalid, whole } from "../math/invalid.ts";
import { keepLast, type LastSorted, lastSorted } from "./lastSorted.ts";

/** What adaptive conformal inference is told. */
export interface ConformalOptions {
  /** 1 − α, the share of targets to be covered in the long run. */
  readonly coverage?: number;
  /** γ, how far one row moves α: larger adapts sooner, and makes widths waver more. */
  readonly gamma?: number;
  /** How many of the last nonconformity scores the quantile is of: 200, or more for a coverage above 0.99. */
  readonly window?: number;
}

/** Of one score: what adaptive conformal inference remembers. */
export interface AdaptiveQuantileState {
  /** α_t, which may lie outside of [0, 1]. */
  alpha: number;
  scores: LastSorted;
}

/** A threshold on nonconformity scores under which a given share of them comes to lie. */
export interface AdaptiveQuantile {
  init(): AdaptiveQuantileState;
  /** Moves α_t by rows of one batch, of which `missed` (by weight) lay above the threshold and `seen` came in all. */
  adapt(state: AdaptiveQuantileState, missed: number, seen: number): void;
  /** Keeps a score. */
  keep(state: AdaptiveQuantileState, score: number): void;
}

/**
 * Adaptive conformal inference (Gibbs & Candès, 2021): α_{t+1} = α_t + γ·(α − err_t), of rows with a weight as if they had
 * come so many times. The rows of a batch share one threshold, because they were predicted before any of their targets came.
 */
export const adaptiveQuantile = (
  actor: string,
  { coverage = 0.9, gamma = 0.01, window: wanted }: ConformalOptions,
): AdaptiveQuantile => {
  if (!(coverage > 0 && coverage < 1))
    throw invalid(actor, "a number between 0 and 1 as coverage", String(coverage));
  finite(actor, "gamma", gamma, { min: 1e-9 });
  const alpha = 1 - coverage;
  const window = whole(actor, "window", wanted ?? Math.max(200, Math.ceil(2 / alpha)));
  return {
    init: () => ({ alpha, scores: lastSorted() }),
    adapt: (state, missed, seen) => {
      state.alpha += gamma * (alpha * seen - missed);
    },
    keep: ({ scores }, score) => keepLast(scores, window, score),
  };
};

/**
 * The threshold for the next rows: of n scores the k-th smallest, k = ⌈(n + 1)·(1 − α_t)⌉ (Vovk, Gammerman & Shafer, 2005);
 * infinite when k > n, as it is for α_t ≤ 0, and −infinite for α_t ≥ 1.
 */
export const thresholdOf = ({ alpha, scores: { sorted } }: AdaptiveQuantileState): number => {
  const k = Math.ceil((sorted.length + 1) * (1 - alpha));
  if (k > sorted.length) return Number.POSITIVE_INFINITY;
  return k < 1 ? Number.NEGATIVE_INFINITY : sorted[k - 1]!;
};
