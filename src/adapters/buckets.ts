/** How many values there were up to each bound, and beyond; their sum. */
export interface Buckets {
  readonly counts: Float64Array;
  readonly sum: number;
  observe(value: number): void;
}

/** Counts of values by size: of bucket i those above bound i − 1, up to bound i; of the last one all that are above. */
export const bucketsOf = (bounds: readonly number[]): Buckets => {
  const counts = new Float64Array(bounds.length + 1);
  let sum = 0;
  return {
    counts,
    get sum() {
      return sum;
    },
    observe: (value) => {
      let i = 0;
      while (i < bounds.length && value > bounds[i]!) i++;
      counts[i]!++;
      sum += value;
    },
  };
};
