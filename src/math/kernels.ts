import type { Data, Matrix, Precision } from "./matrix.ts";

/**
 * The operations that layers are made of. Shapes come first, when a batch size is planned, and the matrices later,
 * at every batch: an implementation may prepare, cache or emit code for each shape. Results are written into the
 * matrix that is given for them, which never overlaps an argument unless the comment says that it may.
 * With `accumulate` a result is added to what is there.
 */
export interface Kernels {
  readonly name: string;
  readonly precision: Precision;
  /** A block of zeros that these kernels can reach. */
  allocate(length: number): Data;
  /** C = A·B + b: (m × k)·(k × n), b is 1 × n or left out. */
  affine(m: number, k: number, n: number): (A: Matrix, B: Matrix, b: Matrix | undefined, C: Matrix) => void;
  /** C = A·Bᵀ: (m × k)·(n × k)ᵀ. */
  timesTransposed(m: number, k: number, n: number): (A: Matrix, B: Matrix, C: Matrix) => void;
  /** C = Aᵀ·B: (m × k)ᵀ·(m × n) gives k × n. */
  transposedTimes(
    m: number,
    k: number,
    n: number,
  ): (A: Matrix, B: Matrix, C: Matrix, accumulate: boolean) => void;
  /** c = Σ over rows of A: 1 × n. */
  sumRows(m: number, n: number): (A: Matrix, c: Matrix, accumulate: boolean) => void;
  /** y = f(x), element by element; y may be x. */
  map(length: number, f: (x: number) => number): (x: Matrix, y: Matrix) => void;
  /** dx = dy ∘ f′, with f′ from the input x and the output y; dx may be dy. */
  mapBack(
    length: number,
    df: (x: number, y: number) => number,
  ): (x: Matrix, y: Matrix, dy: Matrix, dx: Matrix) => void;
  /** c = a + b; c may be a or b. */
  add(length: number): (a: Matrix, b: Matrix, c: Matrix) => void;
  /** c = a ∘ b, element by element; c may be a or b. */
  multiply(length: number): (a: Matrix, b: Matrix, c: Matrix) => void;
  /** y[:, to …] = x[:, from … from + width]: copies a block of columns; with accumulate, adds it. */
  columns(
    rows: number,
    width: number,
  ): (x: Matrix, from: number, y: Matrix, to: number, accumulate: boolean) => void;
  /** y = softmax of each row of x; y may be x. */
  softmax(rows: number, cols: number): (x: Matrix, y: Matrix) => void;
  /** dx = y ∘ (dy − ⟨y, dy⟩), row by row. */
  softmaxBack(rows: number, cols: number): (y: Matrix, dy: Matrix, dx: Matrix) => void;
  /** y = x − ln Σ eˣ, row by row; y may be x. */
  logSoftmax(rows: number, cols: number): (x: Matrix, y: Matrix) => void;
  /** dx = dy − eʸ·Σ dy, row by row. */
  logSoftmaxBack(rows: number, cols: number): (y: Matrix, dy: Matrix, dx: Matrix) => void;
  /** x̂ = (x − μ) / √(σ² + ε) by row, y = γ ∘ x̂ + β; keeps x̂ and √(σ² + ε) for the way back. */
  normalizeRows(
    rows: number,
    cols: number,
    epsilon: number,
  ): (x: Matrix, gamma: Matrix, beta: Matrix, normalized: Matrix, deviation: Matrix, y: Matrix) => void;
  /** dγ = Σ dy ∘ x̂, dβ = Σ dy, dx = (g − mean g − x̂·mean(g ∘ x̂)) / √(σ² + ε) with g = γ ∘ dy. */
  normalizeRowsBack(
    rows: number,
    cols: number,
  ): (
    dy: Matrix,
    gamma: Matrix,
    normalized: Matrix,
    deviation: Matrix,
    dGamma: Matrix,
    dBeta: Matrix,
    dx: Matrix,
    accumulate: boolean,
  ) => void;
  /** Whether every number is finite. */
  finite(data: Data): boolean;
  /** Whether every a − b is finite. */
  finiteDifference(a: Data, b: Data): boolean;
  /** a ← a − b. */
  subtract(a: Data, b: Data): void;
}
