import type { Fold } from "../math/fold.ts";
import { finite, knownOptions, whole } from "../math/invalid.ts";
import { anyNumber, type DriftDirection, type DriftReading, signsOf } from "./drift.ts";

export interface PageHinkleyOptions {
  /** No alarm before so many items. */
  readonly minItems?: number;
  /** δ, the change of the mean that is none yet. */
  readonly delta?: number;
  /** λ, how much has to add up. */
  readonly threshold?: number;
  /** α, how much of the sum each item leaves. */
  readonly alpha?: number;
  readonly direction?: DriftDirection;
}

export interface PageHinkleyState {
  count: number;
  mean: number;
  /** m − min m, of each direction. */
  sums: number[];
  drift: boolean;
}

const actor = "pageHinkley()";

/**
 * The Page-Hinkley test: an alarm when the distances of the items from their running mean x̄ add up to more than λ (Page,
 * Biometrika 1954; Mouss et al., 2004). In its recursive form, which is the distance of the sum m from its minimum if
 * α = 1: m ← max(0, α·m + x − x̄ − δ), and the same of −x for a fall. δ and λ are in the unit of the items.
 * @throws InvalidInputError on options out of range, and on items that are no finite numbers.
 */
export const pageHinkley = (
  options: PageHinkleyOptions = {},
): Fold<number, DriftReading, PageHinkleyState> => {
  knownOptions(actor, options, ["minItems", "delta", "threshold", "alpha", "direction"]);
  const { minItems = 30, delta = 0.005, threshold = 50, alpha = 0.9999, direction = "both" } = options;
  whole(actor, "minItems", minItems);
  finite(actor, "delta", delta, { min: 0 });
  finite(actor, "threshold", threshold, { min: Number.MIN_VALUE });
  finite(actor, "alpha", alpha, { min: 0, max: 1 });
  const signs = signsOf(actor, direction);
  const init = (): PageHinkleyState => ({ count: 0, mean: 0, sums: signs.map(() => 0), drift: false });
  return {
    init,
    step: (before, x) => {
      anyNumber(actor, x);
      const state = before.drift ? init() : before;
      state.mean += (x - state.mean) / ++state.count;
      signs.forEach((sign, i) => {
        state.sums[i] = Math.max(0, alpha * state.sums[i]! + sign * (x - state.mean) - delta);
      });
      state.drift = state.count >= minItems && state.sums.some((m) => m > threshold);
      return state;
    },
    read: ({ drift, count, mean }) => ({
      drift,
      warning: false,
      count,
      estimate: count > 0 ? mean : Number.NaN,
    }),
  };
};
