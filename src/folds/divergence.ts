import type { Fold } from "../math/fold.ts";
import { finite, knownOptions, whole } from "../math/invalid.ts";
import { type ExponentialVarianceState, exponentialVariance } from "./exponentialVariance.ts";
import type { Forgetting } from "./forgetting.ts";

export interface DivergenceOptions {
  /** How far above its running mean a loss explodes: more than μ + factor·(|μ| + σ). */
  readonly factor?: number;
  /** How fast μ and σ forget. */
  readonly forgetting?: Forgetting;
  /** The first so many losses are taken as they are. */
  readonly warmup?: number;
  /** After so many refused in a row a new level is the normal one: μ and σ begin anew. */
  readonly patience?: number;
  /** Losses up to here never explode, however small the others are. */
  readonly floor?: number;
}

/** How losses stand. */
export interface Divergence {
  /** Whether the last one was refused. */
  readonly diverged: boolean;
  /** μ and σ of those that were not; NaN before the first. */
  readonly mean: number;
  readonly deviation: number;
  /** What the next one must not exceed; Infinity during the warm-up. */
  readonly limit: number;
  /** How many were refused, and how many of them just now, one after the other. */
  readonly refused: number;
  readonly inARow: number;
}

export interface DivergenceState {
  spread: ExponentialVarianceState;
  diverged: boolean;
  refused: number;
  inARow: number;
}

/** The square of what is larger is not finite. */
const largest = 1e150;

/**
 * Whether a loss explodes, or is not finite, by the fading mean and deviation of those before it, in which it then does not
 * count. All is relative: losses a thousand times as large give the same answers, but for `floor`.
 * @throws InvalidInputError on options that are out of their range.
 */
export const divergence = (options: DivergenceOptions = {}): Fold<number, Divergence, DivergenceState> => {
  knownOptions(actor, options, ["factor", "forgetting", "warmup", "patience", "floor"]);
  const { factor = 10, forgetting = { halfLife: 100 }, warmup = 10, patience = 100, floor = 0 } = options;
  finite(actor, "factor", factor, { min: 0 });
  finite(actor, "floor", floor);
  whole(actor, "warmup", warmup, 0);
  whole(actor, "patience", patience);
  const μσ = exponentialVariance(forgetting);
  const limitOf = (spread: ExponentialVarianceState): number => {
    if (spread.count <= 0 || spread.count < warmup) return Number.POSITIVE_INFINITY;
    const { mean, deviation } = μσ.read(spread);
    return Math.max(floor, mean + factor * (Math.abs(mean) + deviation));
  };
  return {
    init: () => ({ spread: μσ.init(), diverged: false, refused: 0, inARow: 0 }),
    step: (state, loss) => {
      if (state.inARow >= patience) {
        state.spread = μσ.init();
        state.inARow = 0;
      }
      state.diverged = !(Math.abs(loss) <= largest && loss <= limitOf(state.spread));
      if (state.diverged) {
        state.refused++;
        state.inARow++;
      } else {
        state.spread = μσ.step(state.spread, loss);
        state.inARow = 0;
      }
      return state;
    },
    read: ({ spread, diverged, refused, inARow }) => {
      const { mean, deviation } = μσ.read(spread);
      return { diverged, mean, deviation, limit: limitOf(spread), refused, inARow };
    },
  };
};

const actor = "divergence()";
