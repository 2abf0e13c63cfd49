import { invalid, inWords, whole } from "./invalid.ts";

/** Numbers of one precision, in one block of memory. */
export type Data = Float32Array | Float64Array;

/** How the numbers of a model are stored: four bytes each, or eight. */
export type Precision = "float32" | "float64";

/** A dense matrix, row-major: the element in row i and column j is `data[i * cols + j]`. */
export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  readonly data: Data;
}

/** What flows along one edge of the graph: a matrix, or several for a layer with many inputs. */
export type Value = Matrix | readonly Matrix[];

/** Numbers of the given precision, all zero. */
export const numbers = (length: number, precision: Precision = "float64"): Data =>
  precision === "float32" ? new Float32Array(length) : new Float64Array(length);

/** A rows × cols matrix of zeros. @throws InvalidInputError when a size is no whole number. */
export const zeros = (rows: number, cols: number, precision: Precision = "float64"): Matrix => {
  whole("zeros()", "rows", rows, 0);
  whole("zeros()", "cols", cols, 0);
  return { rows, cols, data: numbers(rows * cols, precision) };
};

/**
 * A matrix from its rows; `matrix([[1, 2], [3, 4]])` is 2 × 2, in float64.
 * @throws InvalidInputError when the rows are none, or differ in length.
 */
export const matrix = (rows: readonly ArrayLike<number>[]): Matrix => {
  if (!Array.isArray(rows)) throw invalid("matrix()", "an array of rows of numbers", inWords(rows));
  const bad = rows.findIndex((row) => typeof row !== "object" || typeof row?.length !== "number");
  if (bad >= 0) throw invalid("matrix()", "rows of numbers", `${inWords(rows[bad])} as row ${bad}`);
  const cols = rows[0]?.length ?? 0;
  const m = zeros(rows.length, cols);
  rows.forEach((row, i) => {
    if (row.length !== cols)
      throw invalid("matrix()", `${cols} numbers in every row`, `${row.length} in row ${i}`);
    m.data.set(row, i * cols);
  });
  return m;
};

/** The rows of a matrix as plain arrays: the inverse of {@link matrix}. */
export const toRows = (m: Matrix): number[][] =>
  Array.from({ length: m.rows }, (_, i) => Array.from(m.data.subarray(i * m.cols, (i + 1) * m.cols)));

/** A copy that shares no memory with the original. */
export const copyOf = ({ rows, cols, data }: Matrix): Matrix => {
  const { length } = data;
  const copy = numbers(length, data instanceof Float32Array ? "float32" : "float64");
  if (length > 64) copy.set(data);
  else for (let i = 0; i < length; i++) copy[i] = data[i]!;
  return { rows, cols, data: copy };
};

/** The shape as people say it: `3 × 2`. */
export const shapeOf = (m: Matrix): string => `${m.rows} × ${m.cols}`;
