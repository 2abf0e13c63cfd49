import type { Fold } from "../math/fold.ts";
import { invalid, knownOptions } from "../math/invalid.ts";
import { type DriftDirection, type DriftReading, errorRate, openShare, signsOf } from "./drift.ts";

export interface HddmOptions {
  /** δ of a drift: how probable a false alarm may be. */
  readonly driftConfidence?: number;
  /** δ of a warning. */
  readonly warningConfidence?: number;
  readonly direction?: DriftDirection;
}

export interface HddmAState {
  count: number;
  sum: number;
  /** For each direction, the items up to the cut. */
  cuts: { count: number; sum: number }[];
  warning: boolean;
  drift: boolean;
}

const actor = "hddmA()";

/**
 * HDDM-A: compares the mean z̄ of all items with the mean x̄ up to the cut where x̄ + √(ln(1/δ)/2n) was least; by
 * Hoeffding's inequality, a z̄ − x̄ of at least √((n − n_c)/(2·n_c·n) · ln(2/δ)) is no chance (Frías-Blanco et al., TKDE
 * 2015). Items lie in [0, 1], errors as 1; nothing else is assumed of them. It is the better of the two for abrupt drift.
 * @throws InvalidInputError on options out of range, and on items outside of [0, 1].
 */
export const hddmA = (options: HddmOptions = {}): Fold<number, DriftReading, HddmAState> => {
  knownOptions(actor, options, ["driftConfidence", "warningConfidence", "direction"]);
  const { driftConfidence = 0.001, warningConfidence = 0.005, direction = "up" } = options;
  confidences(actor, driftConfidence, warningConfidence);
  const signs = signsOf(actor, direction);
  const bound = (n: number) => Math.sqrt(Math.log(1 / driftConfidence) / (2 * n));
  const init = (): HddmAState => ({
    count: 0,
    sum: 0,
    cuts: signs.map(() => ({ count: 0, sum: 0 })),
    warning: false,
    drift: false,
  });
  return {
    init,
    step: (before, x) => {
      errorRate(actor, x);
      const state = before.drift ? init() : before;
      const n = ++state.count;
      state.sum += x;
      const z = state.sum / n;
      signs.forEach((sign, i) => {
        const { count, sum } = state.cuts[i]!;
        if (count === 0 || (sign * sum) / count + bound(count) >= sign * z + bound(n))
          state.cuts[i] = { count: n, sum: state.sum };
      });
      const risen = (confidence: number) =>
        state.cuts.some((cut, i) => {
          const m = (n - cut.count) / (cut.count * n);
          const epsilon = Math.sqrt((m / 2) * Math.log(2 / confidence));
          return cut.count < n && signs[i]! * (z - cut.sum / cut.count) >= epsilon;
        });
      state.drift = risen(driftConfidence);
      state.warning = !state.drift && risen(warningConfidence);
      return state;
    },
    read: ({ drift, warning, count, sum }) => ({ drift, warning, count, estimate: sum / count }),
  };
};

/** Two probabilities of being wrong; a warning has the larger one. */
export const confidences = (actor: string, drift: number, warning: number): void => {
  openShare(actor, "driftConfidence", drift);
  openShare(actor, "warningConfidence", warning);
  if (warning < drift) throw invalid(actor, `a warningConfidence of at least ${drift}`, String(warning));
};
