import type { Matrix } from "../math/matrix.ts";

/** One example: k inputs, what they should give (a number, or one a column), and what it counts for, 1 if left out. */
export interface Sample {
  readonly x: ArrayLike<number>;
  readonly y: number | ArrayLike<number>;
  readonly weight?: number;
}

/** n examples as matrices, a row each. */
export interface Batch {
  /** n × k inputs. */
  readonly x: Matrix;
  /** n × m targets: values, one-hot rows, or class indices. */
  readonly y: Matrix;
  /** n × 1: what each row counts for; 1 without it. */
  readonly weight?: Matrix;
}
