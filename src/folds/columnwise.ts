import { invalid } from "../math/invalid.ts";
import type { Data, Matrix } from "../math/matrix.ts";
import { slab } from "../math/slab.ts";

/** Something done to every number of a matrix or of one row, by its column; the result is new. */
export interface Columnwise {
  (m: Matrix): Matrix;
  (row: ArrayLike<number>): Float64Array;
}

/** From a loop over all numbers, row after row. Width 0 is one that is still open, and any will do. */
export const columnwise = (
  actor: string,
  width: number,
  write: (data: ArrayLike<number>, cols: number, out: Data) => void,
): Columnwise => {
  const fresh = slab();
  const fitting = (rows: number, cols: number): number => {
    if (width !== 0 && cols !== width) throw invalid(actor, `${width} columns`, `${rows} × ${cols}`);
    return cols;
  };
  function apply(m: Matrix): Matrix;
  function apply(row: ArrayLike<number>): Float64Array;
  function apply(item: Matrix | ArrayLike<number>): Matrix | Float64Array {
    if (!("data" in item)) {
      const row = fresh(fitting(1, item.length));
      write(item, item.length, row);
      return row;
    }
    const { rows, cols, data } = item;
    const length = rows * fitting(rows, cols);
    const out = fresh(length, data instanceof Float32Array ? "float32" : "float64");
    write(data, cols, out);
    return { rows, cols, data: out };
  }
  return apply;
};
