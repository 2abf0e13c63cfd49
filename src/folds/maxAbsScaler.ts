import type { Matrix } from "../math/matrix.ts";
import { affine, type ColumnScalerState, columnScaler, mergeColumns, type Scaling } from "./columnScaler.ts";
import type { MergeableFold } from "./mergeable.ts";

/** Columns brought to [−1, 1], zeros staying zeros, as far as what comes lies within what came; and back. */
export interface MaxAbs extends Scaling {
  /** One a column; NaN for a column of which nothing was seen. */
  readonly maxAbs: readonly number[];
}

/** Absent where nothing was seen. */
export interface LargestSize {
  size?: number;
}

const actor = "maxAbsScaler()";

/**
 * The greatest |x| of every column, which x is divided by: the scales of normalized online learning (Ross, Mineiro &
 * Langford, 2013). Nothing is shifted, so zeros stay zeros; a sparse matrix comes out written out, as of every scaler. Merges.
 * What is not finite is not learned, and stays as it is. One outlier squeezes all others: see {@link robustScaler}.
 */
export const maxAbsScaler = (): MergeableFold<
  Matrix | ArrayLike<number>,
  MaxAbs,
  ColumnScalerState<LargestSize>
> => ({
  ...columnScaler<LargestSize, MaxAbs>(actor, {
    column: () => ({}),
    see: (column, x) => {
      column.size = Math.max(column.size ?? 0, Math.abs(x));
    },
    read: (columns, count) => {
      const maxAbs = columns.map(({ size = Number.NaN }) => size);
      const zero = maxAbs.map(() => 0);
      return { count, maxAbs, ...affine(actor, zero, maxAbs) };
    },
  }),
  merge: mergeColumns(actor, both),
});

const both = (a: LargestSize, b: LargestSize): LargestSize =>
  a.size === undefined || b.size === undefined ? { ...a, ...b } : { size: Math.max(a.size, b.size) };
