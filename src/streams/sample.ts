import type { Renewal } from "../graph/renewal.ts";
import type { Sparse } from "../math/sparse.ts";

/** One example: k inputs, what they should give (a number, or one a column), and what it counts for, 1 if left out. */
export interface Sample {
  readonly x: ArrayLike<number>;
  readonly y: number | ArrayLike<number>;
  readonly weight?: number;
  /** What got another meaning with this example: it is forgotten before the example is learned. */
  readonly renewed?: Renewal;
}

/** An example whose inputs are mostly zeros: one row of a sparse matrix. */
export interface SparseSample {
  readonly x: Sparse;
  readonly y: number | ArrayLike<number>;
  readonly weight?: number;
  /** What got another meaning with this example: it is forgotten before the example is learned. */
  readonly renewed?: Renewal;
}
