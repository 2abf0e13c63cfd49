import type { Fold } from "../math/fold.ts";
import { finite, invalid, knownOptions, whole } from "../math/invalid.ts";
import { type Combined, largest, noteFailures } from "./combined.ts";

/** How fast weights follow losses. */
export interface ExponentialWeightsOptions {
  /** η; found from the losses themselves (AdaHedge) unless given. */
  readonly eta?: number;
  /** What is dealt out evenly after each item, so that whoever is best now is found soon (fixed share); it takes an `eta`. */
  readonly share?: number;
  /** What all former losses are multiplied by at each item. */
  readonly fading?: number;
}

export interface ExponentialWeightsState {
  /** Cumulative losses, above the least of them. */
  losses: number[];
  /** Δ of AdaHedge: what has been lost on the mixability of the losses. */
  gap: number;
  failed: number[];
}

/**
 * Weights of learners by their losses: w ∝ exp(−η·Σℓ), for losses from 0 to 1 never more than ln k / η + η·n/8 behind the best of
 * k after n items (Cesa-Bianchi & Lugosi, 2006, theorem 2.2). Without `eta` it is AdaHedge, η = ln k / Δ, which
 * needs no range of losses and stays behind by no more than R·√(n·ln k) + R·(4/3·ln k + 2), R their range (de Rooij, van Erven,
 * Grünwald & Koolen, 2014). With `share` it follows the best of each time (Herbster & Warmuth, 1998). Items are one loss a learner;
 * one that is not finite is that of a learner which counts nothing from then on.
 * @throws InvalidInputError on options out of range, and on items of another length, or without any finite loss.
 */
export const exponentialWeights = (
  count: number,
  options: ExponentialWeightsOptions = {},
): Fold<readonly number[], Combined, ExponentialWeightsState> => {
  knownOptions(actor, options, ["eta", "share", "fading"]);
  const { eta, share = 0, fading = 1 } = options;
  const k = whole(actor, "count", count);
  if (eta !== undefined) finite(actor, "eta", eta, { min: Number.MIN_VALUE });
  finite(actor, "share", share, { min: 0, max: 1 });
  finite(actor, "fading", fading, { min: Number.MIN_VALUE, max: 1 });
  if (share > 0 && eta === undefined) throw invalid(actor, "an eta beside share", "none");

  const etaOf = ({ gap }: ExponentialWeightsState) =>
    eta ?? (gap > 0 ? Math.log(k) / gap : Number.POSITIVE_INFINITY);
  const weightsOf = (state: ExponentialWeightsState): number[] => {
    const η = etaOf(state);
    const living = state.losses.map((_, i) => !state.failed.includes(i));
    const least = Math.min(...state.losses.filter((_, i) => living[i]));
    const w = state.losses.map((L, i) => (!living[i] ? 0 : L === least ? 1 : Math.exp(-η * (L - least))));
    const sum = w.reduce((a, b) => a + b);
    return w.map((v) => v / sum);
  };
  return {
    init: () => ({ losses: new Array<number>(k).fill(0), gap: 0, failed: [] }),
    step: (state, item) => {
      noteFailures(actor, k, item, state.failed);
      const living = item.map((_, i) => !state.failed.includes(i));
      const w = weightsOf(state);
      if (eta === undefined) state.gap = fading * state.gap + mixabilityGap(w, item, etaOf(state));
      state.losses = state.losses.map((L, i) => (living[i] ? fading * L + item[i]! : 0));
      if (share > 0) {
        const alive = living.filter(Boolean).length;
        const shared = weightsOf(state).map((v) => (1 - share) * v + share / alive);
        state.losses = shared.map((v, i) => (living[i] ? -Math.log(v) / eta! : 0));
      }
      const least = Math.min(...state.losses.filter((_, i) => living[i]));
      state.losses = state.losses.map((L, i) => (living[i] ? L - least : 0));
      return state;
    },
    read: (state) => {
      const weights = weightsOf(state);
      return { weights, champion: largest(weights), failed: [...state.failed] };
    },
  };
};

const actor = "exponentialWeights()";

/** δ = ⟨w, ℓ⟩ + ln⟨w, e^(−ηℓ)⟩ / η, over those who have weight. */
const mixabilityGap = (w: readonly number[], losses: readonly number[], η: number): number => {
  const least = Math.min(...losses.filter((_, i) => w[i]! > 0));
  let [mean, mix] = [0, 0];
  for (let i = 0; i < w.length; i++) {
    if (!(w[i]! > 0)) continue;
    const above = losses[i]! - least;
    mean += w[i]! * above;
    mix += w[i]! * (above === 0 ? 1 : Math.exp(-η * above));
  }
  return Math.max(0, mean + (η === Number.POSITIVE_INFINITY ? 0 : Math.log(mix) / η));
};
