import type { Width } from "../layers/layer.ts";
import { invalid } from "../math/invalid.ts";
import type { Inlet, Kernels } from "../math/kernels.ts";
import { type Matrix, type Precision, shapeOf } from "../math/matrix.ts";
import { isSparse, type Sparse } from "../math/sparse.ts";

/**
 * Refuses what is no matrix of finite numbers, of at least one row, of the width expected.
 * @throws InvalidInputError that names the actor and says which number, where.
 */
export const checkInput = (actor: string, m: Matrix, cols: Width, precision: Precision, what = "x"): void => {
  checkShape(actor, m, cols, precision, what);
  checkNumbers(actor, m, precision, what);
};

/** The first half of it: what is no matrix of the width expected. The entries of sparse ones are looked at right away. */
export const checkShape = (actor: string, m: Matrix, cols: Width, precision: Precision, what = "x"): void => {
  if (m && isSparse(m)) {
    checkSparse(actor, m, cols, precision, what);
    return;
  }
  if (!(m?.data instanceof Float64Array || m?.data instanceof Float32Array))
    throw invalid(actor, `a matrix as ${what}`, describe(m));
  if (m.data.length !== m.rows * m.cols)
    throw invalid(actor, `${m.rows * m.cols} numbers in a ${shapeOf(m)} ${what}`, String(m.data.length));
  if (m.rows < 1) throw invalid(actor, `at least one row in ${what}`, shapeOf(m));
  if (m.cols !== cols && (cols !== undefined || m.cols < 1))
    throw invalid(actor, `${cols ?? "some"} columns in ${what}`, shapeOf(m));
};

/** The second half: numbers that are not finite in this precision. */
export const checkNumbers = (actor: string, m: Matrix, precision: Precision, what = "x"): void => {
  if (isSparse(m)) return;
  const { data } = m;
  const limit = largest[precision];
  for (let i = 0; i < data.length; i++)
    if (!(Math.abs(data[i]!) <= limit))
      throw invalid(
        actor,
        `finite ${Number.isFinite(data[i]) ? `${precision} ` : ""}numbers in ${what}`,
        `${data[i]} in row ${Math.floor(i / m.cols)}, column ${i % m.cols}`,
      );
};

const checkSparse = (actor: string, m: Sparse, cols: Width, precision: Precision, what: string): void => {
  const { rows, starts, indices, values } = m;
  if (rows < 1) throw invalid(actor, `at least one row in ${what}`, shapeOf(m));
  if (cols !== undefined && m.cols !== cols) throw invalid(actor, `${cols} columns in ${what}`, shapeOf(m));
  let ordered = starts.length === rows + 1 && starts[0] === 0 && starts[rows] === indices.length;
  for (let i = 0; i < rows; i++) ordered &&= starts[i]! <= starts[i + 1]!;
  if (!ordered || values.length !== indices.length)
    throw invalid(actor, `rows of entries in ${what}, as sparse() makes them`, "starts that do not fit");
  for (let k = 0; k < indices.length; k++) {
    if (!(indices[k]! >= 0 && indices[k]! < m.cols))
      throw invalid(actor, `columns from 0 to ${m.cols - 1} in ${what}`, `${indices[k]} as entry ${k}`);
    if (!(Math.abs(values[k]!) <= largest[precision]))
      throw invalid(actor, `finite numbers in ${what}`, `${values[k]} as entry ${k}`);
  }
};

/** What is larger becomes infinite when it is stored. */
export const largest: Readonly<Record<Precision, number>> = {
  float32: (2 - 2 ** -23) * 2 ** 127,
  float64: Number.MAX_VALUE,
};

const describe = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "an array (matrix(rows) makes one of it)" : typeof value;

/**
 * The matrix within reach of the kernels, after its numbers were looked at there, in one pass; only where that finds
 * something the slower look says what it is.
 * @throws InvalidInputError for numbers that are not finite.
 */
export const admitFinite = (actor: string, m: Matrix, inlet: Inlet, kernels: Kernels, what = "x"): Matrix => {
  if (isSparse(m)) return m;
  const own = inlet.admit(m);
  if (!kernels.finiteSquares(own, 0, own.rows * own.cols)) checkNumbers(actor, m, kernels.precision, what);
  return own;
};
