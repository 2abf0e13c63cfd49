import type { Fold } from "../math/fold.ts";
import { invalid, knownOptions, whole } from "../math/invalid.ts";
import { random, randomFrom } from "../math/random.ts";
import { anyNumber, type DriftReading, openShare } from "./drift.ts";

export interface KswinOptions {
  /** How probable a false alarm may be, at each item. */
  readonly alpha?: number;
  /** n, how many items are kept. */
  readonly window?: number;
  /** r, how many of them are the newest ones, and how many of the others they are compared with. */
  readonly recent?: number;
  readonly seed?: number;
}

export interface KswinState {
  /** The last items, the oldest first. */
  window: number[];
  /** The state of the random numbers. */
  random: number[];
  drift: boolean;
}

const actor = "kswin()";

/**
 * KSWIN: compares the newest r of the last n items with r others drawn from the older ones, by the test of Kolmogorov and
 * Smirnov (Raab, Heusinger & Schleif, Neurocomputing 2020): an alarm when two such samples of one distribution are so far
 * apart with a probability of at most α. It finds changes of the whole distribution, not of the mean alone. After a drift
 * the newest r stay. Its estimate is the mean of the window. O(n) memory, O(r log r) an item; the same seed draws the same.
 * @throws InvalidInputError on options out of range, and on items that are no finite numbers.
 */
export const kswin = (options: KswinOptions = {}): Fold<number, DriftReading, KswinState> => {
  knownOptions(actor, options, ["alpha", "window", "recent", "seed"]);
  const { alpha = 0.0001, window = 100, recent = 30, seed = 0 } = options;
  openShare(actor, "alpha", alpha);
  whole(actor, "recent", recent);
  whole(actor, "window", window);
  if (window < 2 * recent) throw invalid(actor, `a window of at least 2 × ${recent} (recent)`, `${window}`);
  const critical = criticalSteps(recent, alpha);
  return {
    init: () => ({ window: [], random: [...random(seed).state], drift: false }),
    step: (state, x) => {
      anyNumber(actor, x);
      if (state.drift) state.window = state.window.slice(-recent);
      state.window.push(x);
      if (state.window.length > window) state.window.shift();
      state.drift = false;
      if (state.window.length < window) return state;
      const rng = randomFrom(Uint32Array.from(state.random));
      const older = state.window.slice(0, window - recent);
      for (let i = 0; i < recent; i++) {
        const j = i + rng.below(older.length - i);
        [older[i], older[j]] = [older[j]!, older[i]!];
      }
      state.random = [...rng.state];
      state.drift = steps(older.slice(0, recent), state.window.slice(-recent)) >= critical;
      return state;
    },
    read: ({ drift, window: { length }, window: items }) => ({
      drift,
      warning: false,
      count: length,
      estimate: items.reduce((a, b) => a + b, 0) / length,
    }),
  };
};

/** r·D: how far two samples of r items are apart, D being the greatest distance of their distribution functions. */
const steps = (a: number[], b: number[]): number => {
  a.sort((p, q) => p - q);
  b.sort((p, q) => p - q);
  let most = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const x = Math.min(a[i]!, b[j]!);
    while (a[i] === x) i++;
    while (b[j] === x) j++;
    most = Math.max(most, Math.abs(i - j));
  }
  return most;
};

/** The least h such that P(r·D ≥ h) ≤ α; r + 1, which is out of reach, if there is none. */
const criticalSteps = (r: number, alpha: number): number => {
  for (let h = 1; h <= r; h++) if (tail(r, h) <= alpha) return h;
  return r + 1;
};

/** P(r·D ≥ h) = 2·Σⱼ (−1)ʲ⁻¹ · C(2r, r − jh) / C(2r, r), exactly (Gnedenko & Korolyuk, 1951). */
const tail = (r: number, h: number): number => {
  let p = 0;
  for (let j = 1; j * h <= r; j++) {
    let ratio = 1;
    for (let i = 1; i <= j * h; i++) ratio *= (r - j * h + i) / (r + i);
    p += (j % 2 === 1 ? 2 : -2) * ratio;
  }
  return p;
};
