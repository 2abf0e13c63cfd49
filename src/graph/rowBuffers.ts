import type { Kernels } from "../math/kernels.ts";
import type { Matrix } from "../math/matrix.ts";

/** Matrices to write into, one for each number of rows that was asked for lately. */
export interface RowBuffers {
  /** One of the shape of m; what it holds is of no meaning. */
  like(m: Matrix): Matrix;
  free(): void;
}

/** How many there are at a time; then all are given back. */
const most = 8;

/** Buffers in memory that the kernels reach. */
export const rowBuffers = (kernels: Kernels): RowBuffers => {
  const buffers = new Map<number, Matrix>();
  const free = (): void => {
    for (const buffer of buffers.values()) kernels.free(buffer);
    buffers.clear();
  };
  return {
    like: ({ rows, cols }) => {
      const known = buffers.get(rows);
      if (known?.cols === cols) return known;
      if (buffers.size >= most) free();
      else if (known) kernels.free(known);
      const fresh = kernels.zeros(rows, cols);
      buffers.set(rows, fresh);
      return fresh;
    },
    free,
  };
};
