import type { Fold } from "../math/fold.ts";
import { whole } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import { affine, type ColumnScalerState, columnScaler, type Scaling } from "./columnScaler.ts";

/** Columns brought to median 0 and interquartile range 1, and back. */
export interface Robust extends Scaling {
  /** One a column; NaN for a column of which nothing was seen. */
  readonly median: readonly number[];
  /** From the first quartile to the third. */
  readonly range: readonly number[];
}

export interface LastSorted {
  /** The last numbers, in a ring; `next` is where the oldest is. */
  last: number[];
  next: number;
  sorted: number[];
}

const actor = "robustScaler()";

/**
 * Median and interquartile range of every column over its last `window` numbers, which outliers do not move. Quantiles lie
 * between neighbours by linear interpolation (Hyndman & Fan, 1996, type 7). What is not finite is not learned, and stays
 * as it is. A number costs a shift within the sorted window.
 */
export const robustScaler = ({
  window = 1000,
}: {
  window?: number;
} = {}): Fold<Matrix | ArrayLike<number>, Robust, ColumnScalerState<LastSorted>> => {
  whole(actor, "window", window);
  return columnScaler<LastSorted, Robust>(actor, {
    column: () => ({ last: [], next: 0, sorted: [] }),
    see: (column, x) => {
      const { last, next, sorted } = column;
      if (last.length === window) sorted.splice(firstNotBelow(sorted, last[next]!), 1);
      last[next] = x;
      column.next = (next + 1) % window;
      sorted.splice(firstNotBelow(sorted, x), 0, x);
    },
    read: (columns, count) => {
      const median = columns.map(({ sorted }) => quantile(sorted, 0.5));
      const range = columns.map(({ sorted }) => quantile(sorted, 0.75) - quantile(sorted, 0.25));
      return { count, median, range, ...affine(actor, median, range) };
    },
  });
};

const quantile = (sorted: readonly number[], q: number): number => {
  const at = q * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (at - Math.floor(at)) * (above - below);
};

const firstNotBelow = (sorted: readonly number[], x: number): number => {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (sorted[middle]! < x) from = middle + 1;
    else to = middle;
  }
  return from;
};
