/** How numbers are spread: counts in bins of equal width. */
export interface Histogram {
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
}

const bins = 32;
/** More than so many numbers are sampled at equal distances. */
const most = 1 << 15;

/** Counts numbers in 32 bins from the least to the largest; those that are not finite are left out. Undefined for none. */
export const histogram = (data: ArrayLike<number>): Histogram | undefined => {
  const stride = Math.max(1, Math.ceil(data.length / most));
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < data.length; i += stride) {
    const x = data[i]!;
    if (!Number.isFinite(x)) continue;
    if (x < low) low = x;
    if (x > high) high = x;
  }
  if (low > high) return undefined;
  const counts = new Array<number>(bins).fill(0);
  const width = (high - low) / bins;
  for (let i = 0; i < data.length; i += stride) {
    const x = data[i]!;
    if (Number.isFinite(x)) counts[width > 0 ? Math.min(bins - 1, Math.floor((x - low) / width)) : 0]!++;
  }
  return { low, high, counts };
};
