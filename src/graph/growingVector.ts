import type { Kernels } from "../math/kernels.ts";
import type { Matrix } from "../math/matrix.ts";
import type { Segment, Touched, Vector } from "../math/vector.ts";

/** A vector to which parameters are appended; what it held stays bit-identical. */
export interface GrowingVector {
  /** All of it, live. */
  readonly whole: Vector;
  /** Room for a rows × cols matrix at the end; returns a live view of it, which follows when the vector moves. */
  append(name: string, rows: number, cols: number, touched?: Touched): Matrix;
}

/** An empty vector in memory that the kernels can reach. */
export const growingVector = (kernels: Kernels): GrowingVector => {
  const segments: Segment[] = [];
  let store = kernels.zeros(1, 0);
  return {
    whole: vectorOver(kernels, () => store, segments),
    append: (name, rows, cols, touched) => {
      const offset = store.cols;
      const grown = kernels.zeros(1, offset + rows * cols);
      grown.data.set(store.data);
      kernels.free(store);
      store = grown;
      segments.push({ name, offset, rows, cols, ...(touched ? { touched } : {}) });
      return kernels.slice(() => store, offset, rows, cols);
    },
  };
};

/** A matrix of one row, seen as a vector; it follows when the matrix is replaced. */
const vectorOver = (kernels: Kernels, of: () => Matrix, segments: readonly Segment[]): Vector => ({
  rows: 1,
  get cols() {
    return of().cols;
  },
  get data() {
    return of().data;
  },
  get store() {
    return of();
  },
  kernels,
  segments,
  zeros: () => {
    const own = kernels.zeros(1, of().cols);
    return vectorOver(kernels, () => own, [...segments]);
  },
});
