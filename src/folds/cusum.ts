import type { Fold } from "../math/fold.ts";
import { finite, knownOptions, whole } from "../math/invalid.ts";
import { anyNumber, type DriftDirection, type DriftReading, signsOf } from "./drift.ts";
import { type Moments, meanOf, moments, see } from "./moments.ts";

export interface CusumOptions {
  /** How many items the reference is taken from; more, if these are all equal. */
  readonly warmup?: number;
  /** k, the slack, in standard deviations of the reference: half of the shift to be found. */
  readonly slack?: number;
  /** h, the decision interval, in standard deviations of the reference. */
  readonly threshold?: number;
  readonly direction?: DriftDirection;
}

export interface CusumState {
  count: number;
  reference: Moments;
  /** S⁺ and S⁻. */
  sums: number[];
  drift: boolean;
}

const actor = "cusum()";

/**
 * The tabular CUSUM chart: S⁺ ← max(0, S⁺ + z − k) and S⁻ ← max(0, S⁻ − z − k), an alarm when one exceeds h, where
 * z = (x − μ)/σ (Page, Biometrika 1954; Montgomery, ch. 9). μ and σ are those of the first `warmup` items, and stay:
 * a running mean would chase the shift. Its estimate is μ. The classical k = ½, h = 5 alarm falsely every few hundred
 * items; the defaults allow for that, and for a reference that is itself an estimate.
 * @throws InvalidInputError on options out of range, and on items that are no finite numbers.
 */
export const cusum = (options: CusumOptions = {}): Fold<number, DriftReading, CusumState> => {
  knownOptions(actor, options, ["warmup", "slack", "threshold", "direction"]);
  const { warmup = 300, slack = 0.5, threshold = 25, direction = "both" } = options;
  whole(actor, "warmup", warmup, 2);
  finite(actor, "slack", slack, { min: 0 });
  finite(actor, "threshold", threshold, { min: Number.MIN_VALUE });
  const signs = signsOf(actor, direction);
  const init = (): CusumState => ({
    count: 0,
    reference: moments(),
    sums: signs.map(() => 0),
    drift: false,
  });
  return {
    init,
    step: (before, x) => {
      anyNumber(actor, x);
      const state = before.drift ? init() : before;
      if (++state.count <= warmup || state.reference.m2 === 0) {
        see(state.reference, x);
        return state;
      }
      const sigma = Math.sqrt(state.reference.m2 / (state.reference.weight - 1));
      const deviation = x - meanOf(state.reference);
      signs.forEach((sign, i) => {
        state.sums[i] = Math.max(0, state.sums[i]! + sign * deviation - slack * sigma);
      });
      state.drift = state.sums.some((s) => s > threshold * sigma);
      return state;
    },
    read: ({ drift, count, reference }) => ({ drift, warning: false, count, estimate: meanOf(reference) }),
  };
};
