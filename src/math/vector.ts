import { invalid, inWords } from "./invalid.ts";
import type { Kernels } from "./kernels.ts";
import { type Matrix, numbers, type Precision } from "./matrix.ts";
import { length } from "./products.ts";

/** Rows of a sparse gradient that the current batch touched; all other rows of it are zero. */
export interface Touched {
  readonly rows: Int32Array;
  readonly count: number;
}

/** One parameter's place in a vector. */
export interface Segment {
  readonly name: string;
  readonly offset: number;
  readonly rows: number;
  readonly cols: number;
  readonly touched?: Touched;
}

/** All weights of a model, or all gradients, in one row; `data` may move when the model grows, so do not keep it. */
export interface Vector extends Matrix {
  readonly rows: 1;
  readonly segments: readonly Segment[];
  /** The kernels that reach it, and the matrix that it is to them; a vector without works with plain loops. */
  readonly kernels?: Kernels;
  readonly store?: Matrix;
  /** A new vector of zeros with the same segments, stored where the fast kernels find it. */
  zeros(): Vector;
}

/**
 * A vector of the given numbers in one segment, for rules that are used without a model.
 * @throws InvalidInputError for what is no number.
 */
export const vector = (
  values: ArrayLike<number>,
  { precision = "float64", segments }: { precision?: Precision; segments?: readonly Segment[] } = {},
): Vector => {
  if (!ArrayBuffer.isView(values))
    for (let i = 0; i < values.length; i++)
      if (typeof values[i] !== "number")
        throw invalid("vector()", "numbers", `${inWords(values[i])} as number ${i}`);
  const data = numbers(values.length, precision);
  data.set(values);
  const layout = segments ?? [{ name: "w", offset: 0, rows: 1, cols: values.length }];
  return {
    rows: 1,
    cols: data.length,
    data,
    segments: layout,
    zeros: () => vector(numbers(data.length), { precision, segments: layout }),
  };
};

/** Calls `visit(from, to)` for the parts of the vector that a rule has to update: all, or with lazy the touched rows. */
export const eachRange = (v: Vector, lazy: boolean, visit: (from: number, to: number) => void): void => {
  if (!lazy) {
    visit(0, v.data.length);
    return;
  }
  for (const { offset, rows, cols, touched } of v.segments) {
    if (!touched) visit(offset, offset + rows * cols);
    else
      for (let i = 0; i < touched.count; i++) {
        const from = offset + touched.rows[i]! * cols;
        visit(from, from + cols);
      }
  }
};

/** √Σ vᵢ², the length of the vector. */
export const norm = (v: Vector): number => (v.kernels && v.store ? v.kernels.norm(v.store) : length(v));
