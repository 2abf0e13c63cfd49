import type { Fold } from "../math/fold.ts";
import { invalid, knownOptions } from "../math/invalid.ts";
import {
  type AdaptiveQuantileState,
  adaptiveQuantile,
  type ConformalOptions,
  thresholdOf,
} from "./adaptiveQuantile.ts";
import { actualClass, sameClasses } from "./classes.ts";
import { type ClassScore, classScores } from "./classScores.ts";
import { finiteScored } from "./finiteScored.ts";
import type { Scored } from "./scored.ts";

export interface ConformalSetOptions extends ConformalOptions {
  /** "lac": the smallest sets on average. "aps": larger for hard rows and smaller for easy ones, so each kind is covered. */
  readonly score?: ClassScore;
}

/** Which classes are to be expected; plain data. */
export interface ConformalSet {
  /** Rows seen. */
  readonly count: number;
  readonly score: ClassScore;
  /** A class whose score is no larger is in the set. */
  readonly threshold: number;
  /** α_t. */
  readonly alpha: number;
  /** The share of rows whose class was in the set made before it came; NaN before the first. */
  readonly coverage: number;
  /** The mean number of classes in those sets; NaN before the first. */
  readonly size: number;
}

export interface ConformalSetState extends AdaptiveQuantileState {
  count: number;
  /** Sums of weights: of rows, of those covered, and times the size of their sets. */
  weight: number;
  covered: number;
  sizes: number;
}

const actor = "conformalSet()";

/**
 * Sets of classes, by adaptive conformal inference (Gibbs & Candès, 2021) on predicted probabilities, with the guarantee of
 * `conformalInterval` for any sequence. A set may hold no class, or all. One column: the probability of class 1 of two.
 * @example
 * steps$.pipe(withSets(conformalSet({ coverage: 0.95, score: "aps" })));
 * @throws InvalidInputError on options out of range, and on predictions that are no probabilities; nothing has changed then.
 */
export const conformalSet = (
  options: ConformalSetOptions = {},
): Fold<Scored, ConformalSet, ConformalSetState> => {
  knownOptions(actor, options, ["coverage", "gamma", "window", "score"]);
  const { score = "lac" } = options;
  if (score !== "lac" && score !== "aps") throw invalid(actor, '"lac" or "aps" as score', String(score));
  const quantile = adaptiveQuantile(actor, options);
  return {
    init: () => ({ ...quantile.init(), count: 0, weight: 0, covered: 0, sizes: 0 }),
    step: (state, scored) => {
      sameClasses(actor, scored);
      finiteScored(actor, scored);
      const { prediction, weight } = scored;
      const threshold = thresholdOf(state);
      const each = Array.from({ length: prediction.rows }, (_, i) => {
        const scores = classScores(actor, score, prediction, i);
        return { own: scores[actualClass(actor, scored, i)]!, size: sizeOf(scores, threshold) };
      });
      let [missed, seen] = [0, 0];
      each.forEach(({ own, size }, i) => {
        const w = weight ? weight.data[i]! : 1;
        if (w === 0) return;
        if (own > threshold) missed += w;
        seen += w;
        state.sizes += w * size;
        quantile.keep(state, own);
      });
      quantile.adapt(state, missed, seen);
      state.weight += seen;
      state.covered += seen - missed;
      state.count += prediction.rows;
      return state;
    },
    read: (state) => ({
      count: state.count,
      score,
      threshold: thresholdOf(state),
      alpha: state.alpha,
      coverage: state.covered / state.weight,
      size: state.sizes / state.weight,
    }),
  };
};

const sizeOf = (scores: readonly number[], threshold: number): number =>
  scores.filter((s) => s <= threshold).length;
