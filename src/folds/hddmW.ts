import type { Fold } from "../math/fold.ts";
import { finite, knownOptions } from "../math/invalid.ts";
import { type DriftReading, errorRate, signsOf } from "./drift.ts";
import { confidences, type HddmOptions } from "./hddmA.ts";

export interface HddmWOptions extends HddmOptions {
  /** λ, the weight of the newest item. */
  readonly lambda?: number;
}

/** A fading mean, and I, the summed squares of the weights in it. */
interface Fading {
  count: number;
  mean: number;
  squares: number;
}

export interface HddmWState {
  total: Fading;
  /** For each direction, the items up to the cut, and those after it. */
  cuts: { before: Fading; after: Fading }[];
  warning: boolean;
  drift: boolean;
}

const actor = "hddmW()";

/**
 * HDDM-W: as HDDM-A, with means that fade: x̂ ← λ·x + (1 − λ)·x̂ and I ← λ² + (1 − λ)²·I. The cut is where
 * x̂ + √(I·ln(1/δ)/2) was least; by McDiarmid's inequality, means before and after it that are further apart than
 * √((I₁ + I₂)·ln(1/δ)/2) are no chance (Frías-Blanco et al., TKDE 2015). Items lie in [0, 1], errors as 1. It is the
 * better of the two for gradual drift. Its estimate is the fading mean. The paper's δ, 0.001 and 0.005, is for one look
 * at the stream; with a look at each item noise passes for drift, so the defaults are lower.
 * @throws InvalidInputError on options out of range, and on items outside of [0, 1].
 */
export const hddmW = (options: HddmWOptions = {}): Fold<number, DriftReading, HddmWState> => {
  knownOptions(actor, options, ["driftConfidence", "warningConfidence", "lambda", "direction"]);
  const { driftConfidence = 1e-5, warningConfidence = 1e-3, lambda = 0.05, direction = "up" } = options;
  confidences(actor, driftConfidence, warningConfidence);
  finite(actor, "lambda", lambda, { min: Number.MIN_VALUE, max: 1 });
  const signs = signsOf(actor, direction);
  const none = (): Fading => ({ count: 0, mean: 0, squares: 1 });
  const init = (): HddmWState => ({
    total: none(),
    cuts: signs.map(() => ({ before: none(), after: none() })),
    warning: false,
    drift: false,
  });
  const fade = (f: Fading, x: number): void => {
    f.mean = f.count++ === 0 ? x : lambda * x + (1 - lambda) * f.mean;
    f.squares = lambda ** 2 + (1 - lambda) ** 2 * f.squares;
  };
  const bound = (squares: number, confidence: number) => Math.sqrt((squares * Math.log(1 / confidence)) / 2);
  return {
    init,
    step: (previous, x) => {
      errorRate(actor, x);
      const state = previous.drift ? init() : previous;
      const { total } = state;
      fade(total, x);
      const reach = (sign: 1 | -1, f: Fading) => sign * f.mean + bound(f.squares, driftConfidence);
      signs.forEach((sign, i) => {
        const { before, after } = state.cuts[i]!;
        if (before.count === 0 || reach(sign, total) < reach(sign, before))
          state.cuts[i] = { before: { ...total }, after: none() };
        else fade(after, x);
      });
      const risen = (confidence: number) =>
        state.cuts.some(
          ({ before, after }, i) =>
            after.count > 0 &&
            signs[i]! * (after.mean - before.mean) > bound(before.squares + after.squares, confidence),
        );
      state.drift = risen(driftConfidence);
      state.warning = !state.drift && risen(warningConfidence);
      return state;
    },
    read: ({ drift, warning, total: { count, mean } }) => ({
      drift,
      warning,
      count,
      estimate: count > 0 ? mean : Number.NaN,
    }),
  };
};
