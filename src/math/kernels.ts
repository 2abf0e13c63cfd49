// Long because it is the one interface between layers and machines: what each operation computes is said here alone.
import type { Matrix, Precision } from "./matrix.ts";
import type { Sparse } from "./sparse.ts";

/** The sizes of a fully connected layer. */
export interface DenseShape {
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly bias: boolean;
  /** What its activation prints as; undefined for none. */
  readonly activation: string | undefined;
  readonly wantsInputGrad: boolean;
}

/** y = f(x·W + b), and its way back: dz = dy ∘ f′(z), dW = xᵀ·dz, db = Σ dz over the rows, dx = dz·Wᵀ. */
export interface DenseKernel {
  forward(x: Matrix, W: Matrix, b: Matrix | undefined, y: Matrix): void;
  /**
   * Writes dW, db and, where it is wanted, dx; adds to dW and db with `accumulate`. With `preActivation`, dy is dz already.
   */
  backward(
    x: Matrix,
    y: Matrix,
    dy: Matrix,
    W: Matrix,
    dW: Matrix,
    db: Matrix | undefined,
    dx: Matrix,
    accumulate: boolean,
    preActivation?: boolean,
  ): void;
}

/**
 * One step t of a gated recurrent unit, for n rows and u units (Cho et al., 2014). `gi` = x·W_ih + b_ih holds all steps, n × (steps·3u);
 * `gh` = h·W_hh + b_hh is that of this step, n × 3u; both in the order r, z, n:
 * r = σ(giᵣ + ghᵣ), z = σ(gi_z + gh_z), n = tanh(giₙ + r ∘ ghₙ), h′ = (1 − z) ∘ n + z ∘ h.
 */
export interface GruKernel {
  /** Writes h′, and keeps r, z, n and ghₙ, n × 4u, for the way back. */
  forward(t: number, gi: Matrix, gh: Matrix, h: Matrix, kept: Matrix, next: Matrix): void;
  /** From dh′ the gradients of step t of gi and of gh, and `direct` = dh′ ∘ z, which is what h gets beside dgh·W_hhᵀ. */
  backward(t: number, dNext: Matrix, kept: Matrix, h: Matrix, dgi: Matrix, dgh: Matrix, direct: Matrix): void;
}

/**
 * One step t of a long short-term memory (Hochreiter & Schmidhuber, 1997), with gi n × (steps·4u) and gh n × 4u in the order
 * i, f, g, o: i, f, o = σ(gi + gh), g = tanh(gi + gh), c′ = f ∘ c + i ∘ g, h′ = o ∘ tanh c′.
 */
export interface LstmKernel {
  /** Writes c′ and h′, and keeps i, f, g, o and tanh c′, n × 5u, for the way back. */
  forward(t: number, gi: Matrix, gh: Matrix, c: Matrix, kept: Matrix, nextC: Matrix, nextH: Matrix): void;
  /** From dh′ and dc′ the gradients of step t of gi and of gh, which are the same; dc becomes that of c. */
  backward(t: number, dNext: Matrix, dc: Matrix, kept: Matrix, c: Matrix, dgi: Matrix, dgh: Matrix): void;
}

/** A rule’s formula over elements start … end − 1 of vectors. Its memory and its numbers come in the order asked for. */
export interface RuleKernel {
  /** Writes the step that w is to be changed by, and moves the memory on. */
  step(
    g: Matrix,
    w: Matrix,
    step: Matrix,
    memory: readonly Matrix[],
    scalars: Float64Array,
    start: number,
    end: number,
  ): void;
  /** before ← w, w ← w − step; answers whether all of these weights are finite. */
  descend(
    g: Matrix,
    w: Matrix,
    before: Matrix,
    memory: readonly Matrix[],
    scalars: Float64Array,
    start: number,
    end: number,
  ): boolean;
}

/** A loss as its kernels know it: its name, and the numbers that it is made with. */
export type LossFormula = readonly [name: string, ...constants: number[]];

/** Returns Σ wᵢ·ℓᵢ / rows and writes its gradient; NaN, and any gradient, for predictions that the formula is not for. */
export type LossKernel = (
  prediction: Matrix,
  target: Matrix,
  weight: Matrix | undefined,
  grad: Matrix,
) => number;

/** A fully connected layer for rows of few entries: y = x·W + b, and dW += xᵀ·dz, db = Σ dz, at a cost by the entries. */
export interface SparseKernel {
  times(x: Sparse, W: Matrix, b: Matrix | undefined, y: Matrix): void;
  /** Adds to the rows of dW that x names; writes db, or adds to it with `accumulate`. */
  scatter(x: Sparse, dz: Matrix, dW: Matrix, db: Matrix | undefined, accumulate: boolean): void;
}

/** Brings matrices from outside into reach of kernels, one at a time; those that are there already pass as they are. */
export interface Inlet {
  admit(m: Matrix): Matrix;
  free(): void;
}

/**
 * The operations that layers are made of. Shapes come first, when a batch size is planned, and the matrices later,
 * at every batch: an implementation may prepare, cache or emit code for each shape. Results are written into the
 * matrix that is given for them, which never overlaps an argument unless the comment says that it may.
 * With `accumulate` a result is added to what is there.
 */
export interface Kernels {
  readonly name: string;
  readonly precision: Precision;
  /** Ends the threads that help, if there are any. */
  dispose?(): void;
  /** A matrix of zeros in memory that these kernels can reach; to be given back with `free` when its user is gone. */
  zeros(rows: number, cols: number): Matrix;
  free(m: Matrix): void;
  /** rows × cols elements of a matrix, from `offset` on, live; `rebase` makes them those of another. */
  slice(of: Matrix, offset: number, rows: number, cols: number): Matrix;
  rebase(slice: Matrix, to: Matrix): void;
  inlet(): Inlet;
  /** A fully connected layer; `zeros` makes what it keeps between forward and backward. */
  dense(shape: DenseShape, zeros: (rows: number, cols: number) => Matrix): DenseKernel;
  /** A fully connected layer whose input is sparse. */
  sparse(rows: number, outputs: number): SparseKernel;
  /** Whether `dense` knows the activation, by what it prints as, and applies it itself. */
  fuses(activation: string): boolean;
  /** y = f(x), element by element, for the function that prints as `source`; y may be x. */
  map(length: number, source: string, f: (x: number) => number): (x: Matrix, y: Matrix) => void;
  /** dx = dy ∘ f′, with f′ from the input x and the output y; dx may be dy. */
  mapBack(
    length: number,
    source: string,
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
  /** What happens between the products of a gated recurrent unit. */
  gru(rows: number, units: number, steps: number): GruKernel;
  /** What happens between the products of a long short-term memory. */
  lstm(rows: number, units: number, steps: number): LstmKernel;
  /**
   * A loss by its formula; undefined where it is not known. With `activation`, which is what an activation prints as, the
   * prediction is the activation's output, and the gradient that of the activation's input; undefined where that is not one
   * formula.
   */
  loss(formula: LossFormula, activation?: string): LossKernel | undefined;
  /** A rule by the name of its formula; undefined where the formula is not known, or not faster. */
  rule(formula: string, memory: readonly string[], scalars: readonly string[]): RuleKernel | undefined;
  /** √Σ aᵢ² */
  norm(a: Matrix): number;
  /** The mean of each column, and its variance about it. */
  moments(rows: number, cols: number): (x: Matrix, mean: Matrix, variance: Matrix) => void;
  /** x̂ = (x − μ) / √(σ² + ε) by column, y = γ ∘ x̂ + β. */
  normalizeColumns(
    rows: number,
    cols: number,
    epsilon: number,
  ): (
    x: Matrix,
    mean: Matrix,
    variance: Matrix,
    gamma: Matrix,
    beta: Matrix,
    normalized: Matrix,
    y: Matrix,
  ) => void;
  /**
   * dγ = Σ dy ∘ x̂, dβ = Σ dy, dx = γ·(dy − mean dy − x̂·mean(dy ∘ x̂)) / √(σ² + ε); with `fixed` moments, which did not come
   * from x, dx = γ·dy / √(σ² + ε).
   */
  normalizeColumnsBack(
    rows: number,
    cols: number,
    epsilon: number,
  ): (
    dy: Matrix,
    gamma: Matrix,
    normalized: Matrix,
    variance: Matrix,
    dGamma: Matrix,
    dBeta: Matrix,
    dx: Matrix,
    accumulate: boolean,
    fixed: boolean,
  ) => void;
  /** a ← a + rate·(factor·b − a) */
  approach(length: number): (a: Matrix, b: Matrix, factor: number, rate: number) => void;
  /** y[i, :] = W[x[i], :]; returns the first i where x[i] is not a whole number below `size`, or −1. */
  gather(count: number, size: number, width: number): (x: Matrix, W: Matrix, y: Matrix) => number;
  /** dW[x[i], :] += dy[i, :], for whole numbers that were checked. */
  scatter(count: number, width: number): (x: Matrix, dy: Matrix, dW: Matrix) => void;
  /**
   * Whether the square of every number from … to − 1 is finite, as those need who keep squares of gradients; it may look a
   * few numbers further.
   */
  finiteSquares(a: Matrix, from: number, to: number): boolean;
  /** Whether every a − b is finite. */
  finiteDifference(a: Matrix, b: Matrix): boolean;
  /** a ← a − b. */
  subtract(a: Matrix, b: Matrix): void;
}
