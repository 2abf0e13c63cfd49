import type { Fold } from "../math/fold.ts";
import { knownOptions, whole } from "../math/invalid.ts";
import { anyNumber, type DriftReading, openShare } from "./drift.ts";

export interface AdwinOptions {
  /** How probable a false alarm may be, at each look. */
  readonly delta?: number;
  /** Look for a cut at every so many items. */
  readonly clock?: number;
  /** M, how many buckets of each size there may be: more cuts to choose from, more memory. */
  readonly maxBuckets?: number;
  /** Neither side of a cut is shorter. */
  readonly minWindow?: number;
  /** No cut in a window that is not longer. */
  readonly gracePeriod?: number;
}

export interface AdwinState {
  /** Row i holds buckets of 2ⁱ items each: the sum, and the summed squared distances from the mean; the oldest first. */
  rows: { sum: number[]; m2: number[] }[];
  width: number;
  sum: number;
  m2: number;
  ticks: number;
  /** How many items of the window were there at the last alarm. */
  known: number;
  drift: boolean;
}

const actor = "adwin()";

/**
 * ADWIN: a window that grows while its mean stands still, and drops its oldest items when two parts of it differ (Bifet &
 * Gavaldà, SDM 2007). Reads the window's mean and length. It keeps O(log n) numbers, in an exponential histogram whose
 * variance is that of Babcock et al. (PODS 2003), and looks at every cut between its buckets.
 *
 * Windows of n₀ and n₁ items differ if |μ₀ − μ₁| > √(2/m · σ² · δ′) + 2/3 · δ′/m, where δ′ = ln(2 ln n / δ) and
 * 1/m = 1/(n₀ − k + 1) + 1/(n₁ − k + 1) with k = `minWindow`, as in MOA. The oldest bucket is dropped while there is
 * such a cut. A cut between items that were there at the last alarm is the same drift, seen more clearly, and is not told
 * again.
 * @throws InvalidInputError on options out of range, and on items that are no finite numbers.
 */
export const adwin = (options: AdwinOptions = {}): Fold<number, DriftReading, AdwinState> => {
  knownOptions(actor, options, ["delta", "clock", "maxBuckets", "minWindow", "gracePeriod"]);
  const { delta = 0.002, clock = 32, maxBuckets = 5, minWindow = 5, gracePeriod = 10 } = options;
  openShare(actor, "delta", delta);
  whole(actor, "clock", clock);
  whole(actor, "maxBuckets", maxBuckets, 2);
  whole(actor, "minWindow", minWindow);
  whole(actor, "gracePeriod", gracePeriod, 0);

  /** The least distance of two means that is no chance. */
  const epsilon = ({ width, m2 }: AdwinState, n0: number, n1: number): number => {
    const dPrime = Math.log((2 * Math.log(width)) / delta);
    const m = 1 / (1 / (n0 - minWindow + 1) + 1 / (n1 - minWindow + 1));
    return Math.sqrt((2 / m) * (m2 / width) * dPrime) + ((2 / 3) * dPrime) / m;
  };

  /** How many items are before the last bucket on the older side of the first cut whose sides differ; −1 if there is none. */
  const beforeCut = (state: AdwinState): number => {
    let n0 = 0;
    let u0 = 0;
    for (let i = state.rows.length - 1; i >= 0; i--)
      for (const u of state.rows[i]!.sum) {
        n0 += 2 ** i;
        u0 += u;
        const n1 = state.width - n0;
        if (n0 < minWindow) continue;
        if (n1 < minWindow) return -1;
        if (Math.abs(u0 / n0 - (state.sum - u0) / n1) > epsilon(state, n0, n1)) return n0 - 2 ** i;
      }
    return -1;
  };

  return {
    init: () => ({ rows: [], width: 0, sum: 0, m2: 0, ticks: 0, known: 0, drift: false }),
    step: (state, x) => {
      insert(state, anyNumber(actor, x));
      compress(state, maxBuckets);
      state.drift = false;
      if (++state.ticks % clock > 0 || state.width <= gracePeriod) return state;
      for (let n = beforeCut(state); n >= 0; n = beforeCut(state)) {
        state.drift ||= n >= state.known;
        dropOldest(state);
      }
      if (state.drift) state.known = state.width;
      return state;
    },
    read: ({ drift, width, sum }) => ({ drift, warning: false, count: width, estimate: sum / width }),
  };
};

const insert = (state: AdwinState, x: number): void => {
  if (state.width > 0) state.m2 += between(state.width, state.sum, 1, x);
  state.width++;
  state.sum += x;
  bucket(state, 0, x, 0);
};

const bucket = ({ rows }: AdwinState, i: number, sum: number, m2: number): void => {
  rows[i] ??= { sum: [], m2: [] };
  rows[i].sum.push(sum);
  rows[i].m2.push(m2);
};

/** Where there are too many buckets of a size, the two oldest become one of the next. */
const compress = (state: AdwinState, maxBuckets: number): void => {
  for (let i = 0; i < state.rows.length && state.rows[i]!.sum.length > maxBuckets; i++) {
    const { sum, m2 } = state.rows[i]!;
    const [a, b] = sum.splice(0, 2) as [number, number];
    const [va, vb] = m2.splice(0, 2) as [number, number];
    bucket(state, i + 1, a + b, va + vb + between(2 ** i, a, 2 ** i, b));
  }
};

const dropOldest = (state: AdwinState): void => {
  const last = state.rows.length - 1;
  const n = 2 ** last;
  const { sum, m2 } = state.rows[last]!;
  const [u, v] = [sum.shift()!, m2.shift()!];
  state.width -= n;
  state.known = Math.max(0, state.known - n);
  state.sum -= u;
  state.m2 = Math.max(0, state.m2 - v - between(state.width, state.sum, n, u));
  while (state.rows.at(-1)?.sum.length === 0) state.rows.pop();
};

/** How much the squared distances of two parts grow when they have one mean: n₀n₁/(n₀ + n₁) · (μ₀ − μ₁)². */
const between = (n0: number, u0: number, n1: number, u1: number): number =>
  ((n0 * n1) / (n0 + n1)) * (u0 / n0 - u1 / n1) ** 2;
