import type { Kernels } from "../math/kernels.ts";
import type { Data, Matrix } from "../math/matrix.ts";
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
  const parts: Matrix[] = [];
  const whole = new StoredVector(kernels, kernels.zeros(1, 0), segments);
  return {
    whole,
    append: (name, rows, cols, touched) => {
      const { store } = whole;
      const offset = store.cols;
      const grown = kernels.zeros(1, offset + rows * cols);
      grown.data.set(store.data);
      kernels.free(store);
      whole.store = grown;
      for (const part of parts) kernels.rebase(part, grown);
      segments.push({ name, offset, rows, cols, ...(touched ? { touched } : {}) });
      const part = kernels.slice(grown, offset, rows, cols);
      parts.push(part);
      return part;
    },
  };
};

/** A matrix of one row, seen as a vector; a class, so that its accessors do not slow down those who read it. */
class StoredVector implements Vector {
  readonly rows = 1;
  readonly kernels: Kernels;
  readonly segments: readonly Segment[];
  store: Matrix;

  constructor(kernels: Kernels, store: Matrix, segments: readonly Segment[]) {
    this.kernels = kernels;
    this.store = store;
    this.segments = segments;
  }
  get cols(): number {
    return this.store.cols;
  }
  get data(): Data {
    return this.store.data;
  }
  zeros(): Vector {
    return new StoredVector(this.kernels, this.kernels.zeros(1, this.cols), [...this.segments]);
  }
}
