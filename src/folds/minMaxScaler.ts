import type { Matrix } from "../math/matrix.ts";
import { affine, type ColumnScalerState, columnScaler, mergeColumns, type Scaling } from "./columnScaler.ts";
import type { MergeableFold } from "./mergeable.ts";

/** Columns brought to [0, 1], as far as what comes lies within what came; and back. */
export interface MinMax extends Scaling {
  /** One a column; NaN for a column of which nothing was seen. */
  readonly min: readonly number[];
  readonly max: readonly number[];
}

/** Absent where nothing was seen. */
export interface Extremes {
  min?: number;
  max?: number;
}

const actor = "minMaxScaler()";

/**
 * The least and the greatest number of every column, for matrices or single rows; merges. What is not finite is not
 * learned, and stays as it is. One outlier squeezes all others: see {@link robustScaler}.
 */
export const minMaxScaler = (): MergeableFold<
  Matrix | ArrayLike<number>,
  MinMax,
  ColumnScalerState<Extremes>
> => ({
  ...columnScaler<Extremes, MinMax>(actor, {
    column: () => ({}),
    see: (column, x) => {
      column.min = Math.min(column.min ?? x, x);
      column.max = Math.max(column.max ?? x, x);
    },
    read: (columns, count) => {
      const min = columns.map((column) => column.min ?? Number.NaN);
      const max = columns.map((column) => column.max ?? Number.NaN);
      const range = max.map((most, j) => most - min[j]!);
      return { count, min, max, ...affine(actor, min, range) };
    },
  }),
  merge: mergeColumns(actor, both),
});

const both = (a: Extremes, b: Extremes): Extremes =>
  a.min === undefined || b.min === undefined
    ? { ...a, ...b }
    : { min: Math.min(a.min, b.min), max: Math.max(a.max!, b.max!) };
