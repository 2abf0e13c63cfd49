import type { Matrix } from "../matrix.ts";

/** A product of matrices in float32, row-major, from elsewhere: c = op(a)·op(b) + beta·c, where op may transpose. */
export interface Gemm {
  /** Multiplications from which it is the faster one. */
  readonly pays: number;
  /** c is m × n, op(a) is m × k, op(b) is k × n. */
  readonly multiply: (
    transposeA: boolean,
    transposeB: boolean,
    m: number,
    n: number,
    k: number,
    a: Matrix,
    b: Matrix,
    beta: 0 | 1,
    c: Matrix,
  ) => void;
}
