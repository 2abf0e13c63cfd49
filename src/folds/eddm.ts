import type { Fold } from "../math/fold.ts";
import { finite, invalid, knownOptions, whole } from "../math/invalid.ts";
import type { DriftReading } from "./drift.ts";
import { type Moments, meanOf, moments, see } from "./moments.ts";

export interface EddmOptions {
  /** No warning before more errors than these. */
  readonly minErrors?: number;
  /** α, the share of the largest distance below which it is a warning. */
  readonly warningLevel?: number;
  /** β, the share below which it is a drift. */
  readonly driftLevel?: number;
}

export interface EddmState {
  count: number;
  /** When the last error came. */
  last: number;
  /** How far errors are apart. */
  distances: Moments;
  /** The largest p′ + 2s′. */
  most: number;
  warning: boolean;
  drift: boolean;
}

const actor = "eddm()";

/**
 * EDDM, the early drift detection method: watches how far errors are apart, p′ on average with standard deviation s′. A
 * (p′ + 2s′) / (p′ + 2s′)_max below α is a warning, below β a drift, once there were more than 30 errors (Baena-García et
 * al., 2006). Better than DDM with gradual drift. Items are 1 for an error, 0 for none; its estimate is p′. The paper's
 * α = 0.95 and β = 0.9 take noise for drift, so the defaults are lower.
 * @throws InvalidInputError on options out of range, and on items other than 0 and 1.
 */
export const eddm = (options: EddmOptions = {}): Fold<number, DriftReading, EddmState> => {
  knownOptions(actor, options, ["minErrors", "warningLevel", "driftLevel"]);
  const { minErrors = 30, warningLevel = 0.8, driftLevel = 0.75 } = options;
  whole(actor, "minErrors", minErrors);
  finite(actor, "warningLevel", warningLevel, { min: 0, max: 1 });
  finite(actor, "driftLevel", driftLevel, { min: 0, max: warningLevel });
  const init = (): EddmState => ({
    count: 0,
    last: 0,
    distances: moments(),
    most: 0,
    warning: false,
    drift: false,
  });
  return {
    init,
    step: (before, x) => {
      if (x !== 0 && x !== 1) throw invalid(actor, "0 or 1 as item", String(x));
      const state = before.drift ? init() : before;
      state.count++;
      if (x === 0) return state;
      const { distances, count } = state;
      see(distances, count - state.last);
      state.last = count;
      if (distances.weight <= minErrors / 2) return state; // the largest of a few is large by chance
      const now = meanOf(distances) + 2 * sampleDeviation(distances);
      state.most = Math.max(state.most, now);
      if (distances.weight <= minErrors) return state;
      const level = now / state.most;
      state.drift = level < driftLevel;
      state.warning = !state.drift && level < warningLevel;
      return state;
    },
    read: ({ drift, warning, count, distances }) => ({ drift, warning, count, estimate: meanOf(distances) }),
  };
};

const sampleDeviation = ({ weight, m2 }: Moments): number => (weight > 1 ? Math.sqrt(m2 / (weight - 1)) : 0);
