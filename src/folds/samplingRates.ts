import type { ClassCounts } from "./classCounts.ts";

/** The part of each class that is wanted, by its index; more than 0 each, and together 1. */
export type Shares = Readonly<Record<number, number>>;

/**
 * How often a row of class c is to be taken so that classes come in the shares f, where they came in the shares g: as
 * often as f_c / g_c, relative to one class. A class of which fading has left less than one row counts as one row.
 */
export const samplingRates = {
  /** At most 1: relative to the class of which there is least for its share (rejection sampling). */
  under: (f: Shares, state: ClassCounts, c: number): number =>
    likelihood(f, state, c) / extreme(f, state, Math.max),
  /** At least 1: relative to the class of which there is most. */
  over: (f: Shares, state: ClassCounts, c: number): number =>
    likelihood(f, state, c) / extreme(f, state, Math.min),
  /** 1 in the mean. */
  even: (f: Shares, state: ClassCounts, c: number): number => likelihood(f, state, c) * state.total,
} as const;

const likelihood = (f: Shares, { counts }: ClassCounts, c: number): number => f[c]! / Math.max(counts[c]!, 1);

const extreme = (f: Shares, state: ClassCounts, pick: (a: number, b: number) => number): number => {
  let m = Number.NaN;
  for (const c in state.counts) {
    const l = likelihood(f, state, Number(c));
    m = Number.isNaN(m) ? l : pick(m, l);
  }
  return m;
};
