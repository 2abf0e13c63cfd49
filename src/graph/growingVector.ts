import type { Kernels } from "../math/kernels.ts";
import type { Data, Matrix } from "../math/matrix.ts";
import type { Segment, Touched, Vector } from "../math/vector.ts";

/** A vector to which parameters are appended; what it held stays bit-identical. */
export interface GrowingVector extends Vector {
  /** Room for a rows × cols matrix at the end; returns a live view of it, which follows when the vector moves. */
  append(name: string, rows: number, cols: number, touched?: Touched): Matrix;
}

/** An empty vector in memory that the kernels can reach. */
export const growingVector = (kernels: Kernels): GrowingVector => {
  const segments: Segment[] = [];
  let data = kernels.allocate(0);
  return {
    get data() {
      return data;
    },
    segments,
    zeros: () => fixedVector(kernels, [...segments], data.length),
    append: (name, rows, cols, touched) => {
      const offset = data.length;
      const grown = kernels.allocate(offset + rows * cols);
      grown.set(data);
      data = grown;
      segments.push({ name, offset, rows, cols, ...(touched ? { touched } : {}) });
      let home: Data | undefined;
      let view: Data;
      return {
        rows,
        cols,
        get data() {
          if (home !== data) {
            home = data;
            view = data.subarray(offset, offset + rows * cols);
          }
          return view;
        },
      };
    },
  };
};

const fixedVector = (kernels: Kernels, segments: readonly Segment[], length: number): Vector => ({
  data: kernels.allocate(length),
  segments,
  zeros: () => fixedVector(kernels, segments, length),
});
