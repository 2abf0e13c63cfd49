/** How many rows of each class there were; a row that came k rows ago counts for keepᵏ. */
export interface ClassCounts {
  /** Rows seen, none of them faded. */
  rows: number;
  /** The sum of all counts. */
  total: number;
  /** One a class that was seen, by its index. */
  counts: Record<number, number>;
}

export const noCounts = (): ClassCounts => ({ rows: 0, total: 0, counts: {} });

/** Counts one more row, of class c; what was counted before is kept to the part `keep`. */
export const countClass = (state: ClassCounts, c: number, keep: number): void => {
  fadeCounts(state, keep);
  state.rows++;
  state.total++;
  state.counts[c] = (state.counts[c] ?? 0) + 1;
};

/** All counts times `keep`. */
export const fadeCounts = (state: ClassCounts, keep: number): void => {
  if (keep === 1) return;
  state.total *= keep;
  for (const c in state.counts) state.counts[c]! *= keep;
};
