import type { Kernels } from "../math/kernels.ts";
import { type Matrix, numbers } from "../math/matrix.ts";

/** Brings matrices from outside into the precision of the graph; those that have it already pass as they are. */
export const inlet = ({ precision }: Kernels): ((m: Matrix) => Matrix) => {
  let held: Matrix = { rows: 0, cols: 0, data: numbers(0, precision) };
  const native = held.data.constructor;
  return (m) => {
    if (m.data.constructor === native) return m;
    if (held.rows !== m.rows || held.cols !== m.cols)
      held = { rows: m.rows, cols: m.cols, data: numbers(m.rows * m.cols, precision) };
    held.data.set(m.data);
    return held;
  };
};
