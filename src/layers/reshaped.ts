import type { Kernels } from "../math/kernels.ts";
import type { Matrix } from "../math/matrix.ts";

/** Shows matrices with other rows and columns: the same numbers, and one view, which is of the matrix that was shown last. */
export const reshaped = (kernels: Kernels, rows: number, cols: number): ((m: Matrix) => Matrix) => {
  let view: Matrix | undefined;
  return (m) => {
    if (view) kernels.rebase(view, m);
    else view = kernels.slice(m, 0, rows, cols);
    return view;
  };
};
