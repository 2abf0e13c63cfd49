import type { Fold } from "../math/fold.ts";
import { finite, knownOptions, whole } from "../math/invalid.ts";
import { type DriftReading, errorRate } from "./drift.ts";

export interface DdmOptions {
  /** No warning before more items than these. */
  readonly minItems?: number;
  /** Nor before so many errors: of fewer, s says nothing. */
  readonly minErrors?: number;
  /** How many standard deviations above the best are a warning. */
  readonly warningLevel?: number;
  /** How many are a drift. */
  readonly driftLevel?: number;
}

export interface DdmState {
  count: number;
  errors: number;
  /** p and s where p + s was least. */
  pMin: number;
  sMin: number;
  warning: boolean;
  drift: boolean;
}

const actor = "ddm()";

/**
 * DDM, the drift detection method: while nothing changes, the error rate p of a learner falls, and so does its standard
 * deviation s = √(p(1 − p)/n); p + s > p_min + 2·s_min is a warning, and with 3 it is a drift (Gama et al., SBIA 2004).
 * The paper's `minErrors` is 0, and takes the first error after 30 items without any for a drift. Items are 1 for an error, 0 for none.
 * @throws InvalidInputError on options out of range, and on items outside of [0, 1].
 */
export const ddm = (options: DdmOptions = {}): Fold<number, DriftReading, DdmState> => {
  knownOptions(actor, options, ["minItems", "minErrors", "warningLevel", "driftLevel"]);
  const { minItems = 30, minErrors = 10, warningLevel = 2, driftLevel = 3 } = options;
  whole(actor, "minItems", minItems);
  whole(actor, "minErrors", minErrors, 0);
  finite(actor, "warningLevel", warningLevel, { min: 0 });
  finite(actor, "driftLevel", driftLevel, { min: warningLevel });
  // p + s is never above 1.21, so the first that counts is the least
  const init = (): DdmState => ({ count: 0, errors: 0, pMin: 1, sMin: 1, warning: false, drift: false });
  return {
    init,
    step: (before, x) => {
      errorRate(actor, x);
      const state = before.drift ? init() : before;
      const n = ++state.count;
      state.errors += x;
      if (n <= minItems || state.errors < minErrors) return state;
      const p = state.errors / n;
      const s = Math.sqrt((p * (1 - p)) / n);
      if (p + s <= state.pMin + state.sMin) [state.pMin, state.sMin] = [p, s];
      const { pMin, sMin } = state;
      state.drift = p + s > pMin + driftLevel * sMin;
      state.warning = !state.drift && p + s > pMin + warningLevel * sMin;
      return state;
    },
    read: ({ drift, warning, count, errors }) => ({ drift, warning, count, estimate: errors / count }),
  };
};
