import { invalid, whole } from "../math/invalid.ts";
import { type Matrix, numbers } from "../math/matrix.ts";
import type { MergeableFold } from "./mergeable.ts";
import { type Moments, moments, see, seeBoth } from "./moments.ts";

/** Something done to every number of a matrix or of one row, by its column; the result is new. */
export interface Columnwise {
  (m: Matrix): Matrix;
  (row: ArrayLike<number>): Float64Array;
}

/** Columns brought to mean 0 and deviation 1, and back. */
export interface Standardization {
  /** Rows seen. */
  readonly count: number;
  /** One a column; NaN for a column of which nothing was seen. */
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  /** (x − mean) / deviation; 0 where the deviation is 0; x itself where nothing was seen yet. */
  readonly transform: Columnwise;
  /** z · deviation + mean. */
  readonly inverse: Columnwise;
}

export interface StandardScalerState {
  rows: number;
  columns: Moments[];
}

const actor = "standardScaler()";

/**
 * Mean and population deviation of every column (Welford, 1962), for matrices or single rows; merges. What is not finite is
 * not learned, and stays as it is when transformed, so that a bad value spoils no statistics and is still there to be
 * refused. The width is that of the first item, unless given.
 */
export const standardScaler = (
  width = 0,
): MergeableFold<Matrix | ArrayLike<number>, Standardization, StandardScalerState> => {
  whole(actor, "width", width, 0);
  const empty = (n: number): StandardScalerState => ({
    rows: 0,
    columns: Array.from({ length: n }, moments),
  });
  const fitting = (state: StandardScalerState, n: number, got: string): StandardScalerState => {
    if (state.columns.length === 0) return empty(n);
    if (state.columns.length !== n) throw invalid(actor, `${state.columns.length} columns`, got);
    return state;
  };
  return {
    init: () => empty(width),
    step: (before, item) => {
      const { rows, cols, data } = tableOf(item);
      const state = fitting(before, cols, `${rows} × ${cols}`);
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < cols; j++) {
          const x = data[i * cols + j]!;
          if (Number.isFinite(x)) see(state.columns[j]!, x);
        }
      state.rows += rows;
      return state;
    },
    read: ({ rows: count, columns }) => {
      const mean = columns.map((c) => (c.weight > 0 ? c.mean : Number.NaN));
      const deviation = columns.map((c) => Math.sqrt(c.m2 / c.weight));
      const each = (f: (v: number, mean: number, deviation: number) => number): Columnwise =>
        columnwise(mean.length, (v, j) => (Number.isNaN(mean[j]!) ? v : f(v, mean[j]!, deviation[j]!)));
      return {
        count,
        mean,
        deviation,
        transform: each((x, m, s) => (s > 0 ? (x - m) / s : Number.isFinite(x) ? 0 : x)),
        inverse: each((z, m, s) => z * s + m),
      };
    },
    merge: (a, b) => {
      if (a.columns.length === 0 || b.columns.length === 0)
        return structuredClone(a.columns.length === 0 ? b : a);
      const { columns } = fitting(b, a.columns.length, `${a.columns.length} on the other side`);
      return { rows: a.rows + b.rows, columns: a.columns.map((c, j) => seeBoth(c, columns[j]!)) };
    },
  };
};

interface Table {
  readonly rows: number;
  readonly cols: number;
  readonly data: ArrayLike<number>;
}

const tableOf = (item: Matrix | ArrayLike<number>): Table =>
  "data" in item ? item : { rows: 1, cols: item.length, data: item };

/** Width 0 is one that is still open, and any will do. */
const columnwise = (width: number, f: (v: number, j: number) => number): Columnwise => {
  function apply(item: Matrix): Matrix;
  function apply(item: ArrayLike<number>): Float64Array;
  function apply(item: Matrix | ArrayLike<number>): Matrix | Float64Array {
    const { rows, cols, data } = tableOf(item);
    if (width !== 0 && cols !== width) throw invalid(actor, `${width} columns`, `${rows} × ${cols}`);
    const out = numbers(data.length, data instanceof Float32Array && "rows" in item ? "float32" : "float64");
    for (let k = 0; k < out.length; k++) out[k] = f(data[k]!, k % cols);
    return "data" in item ? { rows, cols, data: out } : (out as Float64Array);
  }
  return apply;
};
