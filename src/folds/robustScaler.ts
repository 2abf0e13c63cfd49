import type { Fold } from "../math/fold.ts";
import { knownOptions, whole } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import { affine, type ColumnScalerState, columnScaler, type Scaling } from "./columnScaler.ts";
import { keepLast, type LastSorted, lastSorted } from "./lastSorted.ts";

/** Columns brought to median 0 and interquartile range 1, and back. */
export interface Robust extends Scaling {
  /** One a column; NaN for a column of which nothing was seen. */
  readonly median: readonly number[];
  /** From the first quartile to the third. */
  readonly range: readonly number[];
}

const actor = "robustScaler()";

/**
 * Median and interquartile range of every column over its last `window` numbers, which outliers do not move. Quantiles lie
 * between neighbours by linear interpolation (Hyndman & Fan, 1996, type 7). What is not finite is not learned, and stays
 * as it is. A number costs a shift within the sorted window.
 */
export const robustScaler = (
  options: { window?: number } = {},
): Fold<Matrix | ArrayLike<number>, Robust, ColumnScalerState<LastSorted>> => {
  knownOptions(actor, options, ["window"]);
  const { window = 1000 } = options;
  whole(actor, "window", window);
  return columnScaler<LastSorted, Robust>(actor, {
    column: lastSorted,
    see: (column, x) => keepLast(column, window, x),
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
