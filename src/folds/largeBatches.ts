import { type ColumnKernels, columnKernels } from "../math/simd/columnKernels.ts";

/** The kernels for a batch; undefined where the loop is as fast, or there can be none. */
export type LargeBatches = (rows: number, cols: number, data: ArrayLike<number>) => ColumnKernels | undefined;

/**
 * Kernels for float32 batches of at least 1,024 numbers, in 16 rows or more of 4 columns or more, made when the first such
 * batch comes: for fewer rows, bringing the statistics of the columns there and back costs what it saves.
 */
export const largeBatches = (): LargeBatches => {
  let made: { readonly kernels: ColumnKernels | undefined } | undefined;
  return (rows, cols, data) => {
    if (rows < 16 || cols < 4 || rows * cols < 1024) return undefined;
    if (!(data instanceof Float32Array) || data.length !== rows * cols) return undefined;
    made ??= { kernels: kernelsIfAllowed() };
    return made.kernels;
  };
};

const kernelsIfAllowed = (): ColumnKernels | undefined => {
  try {
    return columnKernels();
  } catch {
    return undefined; // a page may forbid emitted code, and address space may run out: the loop needs neither
  }
};
