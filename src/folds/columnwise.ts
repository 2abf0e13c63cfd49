import { invalid } from "../math/invalid.ts";
import { type Data, type Matrix, zeros } from "../math/matrix.ts";

/** Something done to every number of a matrix or of one row, by its column; the result is new. */
export interface Columnwise {
  (m: Matrix): Matrix;
  (row: ArrayLike<number>): Float64Array;
}

/** A matrix, or one row taken for one. */
export const tableOf = (
  item: Matrix | ArrayLike<number>,
): Pick<Matrix, "rows" | "cols"> & { data: ArrayLike<number> } =>
  "data" in item ? item : { rows: 1, cols: item.length, data: item };

/** From a loop over all numbers, row after row. Width 0 is one that is still open, and any will do. */
export const columnwise = (
  actor: string,
  width: number,
  write: (data: ArrayLike<number>, cols: number, out: Data) => void,
): Columnwise => {
  function apply(m: Matrix): Matrix;
  function apply(row: ArrayLike<number>): Float64Array;
  function apply(item: Matrix | ArrayLike<number>): Matrix | Float64Array {
    const { rows, cols, data } = tableOf(item);
    if (width !== 0 && cols !== width) throw invalid(actor, `${width} columns`, `${rows} × ${cols}`);
    if ("data" in item) {
      const m = zeros(rows, cols, data instanceof Float32Array ? "float32" : "float64");
      write(data, cols, m.data);
      return m;
    }
    const row = new Float64Array(cols);
    write(data, cols, row);
    return row;
  }
  return apply;
};
