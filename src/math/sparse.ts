import { invalid, whole } from "./invalid.ts";
import { type Data, type Matrix, numbers, type Precision } from "./matrix.ts";

/** One number that is not zero: its column and its value. */
export type Entry = readonly [column: number, value: number];

/**
 * A matrix of mostly zeros, by rows: row i holds `values[k]` in column `indices[k]` for k from `starts[i]` to
 * `starts[i + 1] − 1`; what stands twice in a column adds up. `dense(…, { sparse: true })` reads just that. To anything
 * else it is a matrix like another, whose `data` is written out when it is asked for.
 */
export interface Sparse extends Matrix {
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  readonly values: Data;
}

/** A class, so that `data` can wait until somebody asks. */
class SparseRows implements Sparse {
  readonly rows: number;
  readonly cols: number;
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  readonly values: Data;

  constructor(rows: number, cols: number, starts: Int32Array, indices: Int32Array, values: Data) {
    this.rows = rows;
    this.cols = cols;
    this.starts = starts;
    this.indices = indices;
    this.values = values;
  }

  get data(): Data {
    const data =
      this.values instanceof Float32Array
        ? new Float32Array(this.rows * this.cols)
        : numbers(this.rows * this.cols);
    for (let i = 0; i < this.rows; i++)
      for (let k = this.starts[i]!; k < this.starts[i + 1]!; k++)
        data[i * this.cols + this.indices[k]!]! += this.values[k]!;
    return data;
  }
}

/**
 * A sparse matrix of `cols` columns from the entries of its rows: `sparse([[[7, 1], [90210, 0.5]]], 2 ** 18)` has one row
 * with two numbers. Hashed features and bags of words come like this.
 * @throws InvalidInputError for a column that is not a whole number below `cols`.
 */
export const sparse = (
  rows: readonly (readonly Entry[])[],
  cols: number,
  { precision = "float64" }: { readonly precision?: Precision } = {},
): Sparse => {
  whole("sparse()", "cols", cols);
  const starts = new Int32Array(rows.length + 1);
  rows.forEach((row, i) => {
    starts[i + 1] = starts[i]! + row.length;
  });
  const indices = new Int32Array(starts[rows.length]!);
  const values = numbers(indices.length, precision);
  let k = 0;
  rows.forEach((row, i) => {
    for (const [column, value] of row) {
      if (!Number.isInteger(column) || column < 0 || column >= cols)
        throw invalid("sparse()", `columns from 0 to ${cols - 1}`, `${column} in row ${i}`);
      indices[k] = column;
      values[k++] = value;
    }
  });
  return new SparseRows(rows.length, cols, starts, indices, values);
};

/** The same numbers without the zeros. */
export const sparseOf = (m: Matrix): Sparse =>
  isSparse(m)
    ? m
    : sparse(
        Array.from({ length: m.rows }, (_, i) =>
          Array.from(m.data.subarray(i * m.cols, (i + 1) * m.cols), (v, j): Entry => [j, v]).filter(
            ([, v]) => v !== 0,
          ),
        ),
        m.cols,
        { precision: m.data instanceof Float32Array ? "float32" : "float64" },
      );

/** A sparse matrix of rows, one below the other, all as wide as the first; a copy. */
export const stacked = (rows: readonly Sparse[], cols: number = rows[0]?.cols ?? 0): Sparse => {
  const starts = new Int32Array(rows.reduce((n, m) => n + m.rows, 1));
  const length = rows.reduce((n, m) => n + m.indices.length, 0);
  const indices = new Int32Array(length);
  const values = numbers(length);
  let i = 0;
  let k = 0;
  for (const m of rows) {
    indices.set(m.indices, k);
    values.set(m.values, k);
    for (let r = 1; r <= m.rows; r++) starts[++i] = k + m.starts[r]!;
    k += m.indices.length;
  }
  return new SparseRows(starts.length - 1, cols, starts, indices, values);
};

/** One sparse row; its columns are not looked at. */
export const sparseRow = (cols: number, columns: readonly number[], values: readonly number[]): Sparse =>
  new SparseRows(
    1,
    cols,
    Int32Array.of(0, columns.length),
    Int32Array.from(columns),
    Float64Array.from(values),
  );

/** The same matrix from the fields of one; undefined for fields that make none. */
export const sparseFrom = ({
  rows,
  cols,
  starts,
  indices,
  values,
}: Omit<Sparse, "data">): Sparse | undefined => {
  const isCount = (n: unknown): boolean => Number.isSafeInteger(n) && (n as number) >= 0;
  const fits =
    isCount(rows) &&
    isCount(cols) &&
    starts instanceof Int32Array &&
    indices instanceof Int32Array &&
    (values instanceof Float32Array || values instanceof Float64Array) &&
    starts.length === rows + 1 &&
    starts.every((start, i) => (i === 0 ? start === 0 : start >= starts[i - 1]!)) &&
    starts[rows] === indices.length &&
    values.length === indices.length &&
    indices.every((column) => column >= 0 && column < cols);
  return fits ? new SparseRows(rows, cols, starts, indices, values) : undefined;
};

/** Whether a matrix is given by its entries. */
export const isSparse = (m: Matrix): m is Sparse => m instanceof SparseRows;
