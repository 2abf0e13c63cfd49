import type { Fold } from "../math/fold.ts";
import { invalid, knownOptions } from "../math/invalid.ts";
import { shapeOf } from "../math/matrix.ts";
import {
  type AdaptiveQuantileState,
  adaptiveQuantile,
  type ConformalOptions,
  thresholdOf,
} from "./adaptiveQuantile.ts";
import { finiteScored } from "./finiteScored.ts";
import { type Scored, sameShape } from "./scored.ts";

/** How far around a prediction the target is to be expected; plain data. */
export interface ConformalInterval {
  /** Rows seen. */
  readonly count: number;
  /** What to add to the prediction, one a column; empty before the first row, when every interval is unbounded. */
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  /** α_t, one a column. */
  readonly alpha: readonly number[];
  /** The share of targets, over rows and columns, that lay within the intervals made before they came; NaN before the first. */
  readonly coverage: number;
  /** The mean width of those intervals, of the bounded ones; an empty one has width 0. NaN before the first. */
  readonly width: number;
  /** The share of intervals that were unbounded; NaN before the first row. */
  readonly unbounded: number;
}

export interface ConformalIntervalState {
  columns: AdaptiveQuantileState[];
  count: number;
  /** Weights of intervals, one a row and column: of all, of those that covered, of the bounded ones. */
  weight: number;
  covered: number;
  bounded: number;
  /** The mean of half the width of the bounded ones. */
  half: number;
}

const actor = "conformalInterval()";

/**
 * Intervals around predictions of numbers, by adaptive conformal inference (Gibbs & Candès, 2021) on absolute residuals.
 * Whatever the targets are, |coverage − target coverage| ≤ (max(α, 1 − α) + γ·b) / (γ·T) after T rows, in batches of at most b
 * (weights count as rows). The defaults reach this by unbounded intervals when many targets in a row are missed.
 *
 * Columns are apart: each has an α_t and covers by itself. All rows of a batch are judged by the intervals from before it.
 * @example
 * steps$.pipe(withIntervals(conformalInterval({ coverage: 0.9 })));
 * @throws InvalidInputError on options out of range, and on items that are not finite; nothing has changed then.
 */
export const conformalInterval = (
  options: ConformalOptions = {},
): Fold<Scored, ConformalInterval, ConformalIntervalState> => {
  knownOptions(actor, options, ["coverage", "gamma", "window"]);
  const quantile = adaptiveQuantile(actor, options);
  return {
    init: () => ({ columns: [], count: 0, weight: 0, covered: 0, bounded: 0, half: 0 }),
    step: (state, scored) => {
      check(scored, state.columns.length);
      const { prediction, target, weight } = scored;
      const { rows, cols } = prediction;
      if (rows === 0) return state;
      while (state.columns.length < cols) state.columns.push(quantile.init());
      state.columns.forEach((column, j) => {
        const threshold = thresholdOf(column);
        let [missed, seen] = [0, 0];
        for (let i = 0; i < rows; i++) {
          const w = weight ? weight.data[i]! : 1;
          if (w === 0) continue;
          const score = Math.abs(target.data[i * cols + j]! - prediction.data[i * cols + j]!);
          if (score > threshold) missed += w;
          seen += w;
          quantile.keep(column, score);
        }
        quantile.adapt(column, missed, seen);
        tally(state, threshold, missed, seen);
      });
      state.count += rows;
      return state;
    },
    read: ({ columns, count, weight, covered, bounded, half }) => {
      const upper = columns.map(thresholdOf);
      return {
        count,
        lower: upper.map((q) => -q),
        upper,
        alpha: columns.map(({ alpha }) => alpha),
        coverage: covered / weight,
        width: bounded > 0 ? 2 * half : Number.NaN,
        unbounded: 1 - bounded / weight,
      };
    },
  };
};

const tally = (state: ConformalIntervalState, threshold: number, missed: number, seen: number): void => {
  state.weight += seen;
  state.covered += seen - missed;
  if (threshold === Number.POSITIVE_INFINITY || seen === 0) return;
  state.bounded += seen;
  state.half += (seen / state.bounded) * (Math.max(0, threshold) - state.half);
};

const check = (scored: Scored, width: number): void => {
  sameShape(actor, scored);
  finiteScored(actor, scored);
  const { prediction, target } = scored;
  if (width > 0 && prediction.cols !== width) throw invalid(actor, `${width} columns`, shapeOf(prediction));
  const far = target.data.findIndex((t, k) => !Number.isFinite(t - prediction.data[k]!));
  if (far >= 0)
    throw invalid(
      actor,
      "finite residuals",
      `${target.data[far]} for a prediction of ${prediction.data[far]}`,
    );
};
