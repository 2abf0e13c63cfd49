import { invalid, whole } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import { type Columnwise, columnwise } from "./columnwise.ts";
import { largeBatches } from "./largeBatches.ts";
import type { MergeableFold } from "./mergeable.ts";
import { type Moments, meanOf, moments, see, seeBoth } from "./moments.ts";

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
  const kernelsFor = largeBatches();
  const empty = (n: number): StandardScalerState => ({
    rows: 0,
    columns: Array.from({ length: n }, moments),
  });
  const fitting = (state: StandardScalerState, rows: number, cols: number): StandardScalerState => {
    if (state.columns.length === 0) return empty(cols);
    if (state.columns.length !== cols)
      throw invalid(actor, `${state.columns.length} columns`, `${rows} × ${cols}`);
    return state;
  };
  return {
    init: () => empty(width),
    step: (before, item) => {
      if (!("data" in item)) {
        const state = fitting(before, 1, item.length);
        seeRow(state.columns, item, 0);
        state.rows++;
        return state;
      }
      const { rows, cols, data } = item;
      const state = fitting(before, rows, cols);
      const kernels = kernelsFor(rows, cols, data);
      if (kernels) kernels.see(state.columns, data as Float32Array);
      else for (let i = 0; i < rows; i++) seeRow(state.columns, data, i * cols);
      state.rows += rows;
      return state;
    },
    read: ({ rows: count, columns }) => {
      const mean = columns.map(meanOf);
      const deviation = columns.map(({ weight, m2 }) => Math.sqrt(m2 / weight));
      return {
        count,
        mean,
        deviation,
        transform: columnwise(actor, columns.length, (x, cols, z) => {
          const kernels = mean.length > 0 ? kernelsFor(z.length / cols, cols, x) : undefined;
          if (kernels) return kernels.standardize(mean, deviation, x as Float32Array, z as Float32Array);
          for (let k = 0, j = 0; k < z.length; k++, j = j + 1 === cols ? 0 : j + 1) {
            const s = deviation[j]!;
            const v = x[k]!;
            z[k] = s > 0 ? (v - mean[j]!) / s : s === 0 && Number.isFinite(v) ? 0 : v;
          }
        }),
        inverse: columnwise(actor, columns.length, (z, cols, x) => {
          for (let k = 0, j = 0; k < x.length; k++, j = j + 1 === cols ? 0 : j + 1) {
            const s = deviation[j]!;
            x[k] = s >= 0 ? z[k]! * s + mean[j]! : z[k]!;
          }
        }),
      };
    },
    merge: (a, b) => {
      if (a.columns.length === 0 || b.columns.length === 0)
        return structuredClone(a.columns.length === 0 ? b : a);
      if (a.columns.length !== b.columns.length)
        throw invalid(actor, `${b.columns.length} columns`, `${a.columns.length} on the other side`);
      return { rows: a.rows + b.rows, columns: a.columns.map((c, j) => seeBoth(c, b.columns[j]!)) };
    },
  };
};

const seeRow = (columns: readonly Moments[], data: ArrayLike<number>, start: number): void => {
  for (let j = 0; j < columns.length; j++) {
    const x = data[start + j]!;
    if (Number.isFinite(x)) see(columns[j]!, x);
  }
};
