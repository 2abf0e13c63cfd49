import { invalid } from "../math/invalid.ts";
import type { Kernels, LossFormula, LossKernel } from "../math/kernels.ts";
import { type Matrix, shapeOf, zeros } from "../math/matrix.ts";

/** How wrong a batch was, and the gradient of that with respect to the prediction. */
export interface LossResult {
  readonly value: number;
  /** rows × cols of the prediction. */
  readonly grad: Matrix;
}

/**
 * A loss: value = Σ wᵢ·ℓᵢ / rows, with wᵢ = 1 without weights, which are rows × 1. It is pure; with `into`, the gradient
 * is written there instead of into a new matrix.
 * @throws InvalidInputError when shapes do not fit.
 */
export interface Loss {
  (prediction: Matrix, target: Matrix, weight?: Matrix, into?: Matrix): LossResult;
  /** It prints as its own source: `huber({ delta: 1 })`. */
  readonly source: string;
  /** Refuses targets that do not fit predictions of this width. @throws InvalidInputError, before anything changes. */
  check(target: Matrix, width: number): void;
  /** What the model would have answered, for a loss of models that say more than that in training. */
  answer?(prediction: Matrix): Matrix;
  /**
   * The same loss on kernels, for matrices that they can reach and that were checked; it allocates nothing. Undefined where
   * the kernels do not have it. With `activation`, which is what the activation of the last layer prints as, it writes the
   * gradient of that activation's input: for `sigmoid()` and `softmax()` with their crossentropies, p − t.
   */
  plan?(kernels: Kernels, activation?: string): LossKernel | undefined;
}

/** ℓ of one row: returns its value and writes its gradient into the same row of `grad`. */
export type RowLoss = (prediction: Matrix, target: Matrix, row: number, grad: Matrix) => number;

/** What target values have to be, in words and as a test. */
export interface Domain {
  readonly is: string;
  readonly test: (t: number) => boolean;
}

/** A loss from the loss of one row; the row's gradient is then scaled by wᵢ / rows. */
export const defineLoss = (part: {
  source: string;
  /** Refuses widths that do not go together; the same width for both when left out. */
  fits?: Loss["check"];
  /** Refuses values of targets that fit and are finite. */
  check?: Loss["check"];
  row: RowLoss;
  /** An emitted formula that does the same, see math/simd/lossKernel.ts. */
  formula?: LossFormula | undefined;
}): Loss => {
  const { source, row, fits = sameWidth(source), formula } = part;
  const loss = (prediction: Matrix, target: Matrix, weight?: Matrix, into?: Matrix): LossResult => {
    const { rows, cols } = prediction;
    if (target.rows !== rows) throw invalid(source, `${rows} rows of targets`, shapeOf(target));
    if (weight && (weight.rows !== rows || weight.cols !== 1))
      throw invalid(source, `${rows} × 1 weights`, shapeOf(weight));
    fits(target, cols);
    const grad = into ?? zeros(rows, cols, prediction.data instanceof Float32Array ? "float32" : "float64");
    let sum = 0;
    for (let i = 0; i < rows; i++) {
      const w = weight ? weight.data[i]! : 1;
      sum += w * row(prediction, target, i, grad);
      const scale = w / rows;
      for (let j = i * cols; j < (i + 1) * cols; j++) grad.data[j]! *= scale;
    }
    return { value: sum / rows, grad };
  };
  const check = (target: Matrix, width: number): void => {
    fits(target, width);
    inDomain(source, target, { is: "finite", test: Number.isFinite });
    part.check?.(target, width);
  };
  const plan = (kernels: Kernels, activation?: string): LossKernel | undefined => {
    const run = formula && kernels.loss(formula, activation);
    return (
      run &&
      ((prediction, target, weight, grad) => {
        const value = run(prediction, target, weight, grad);
        // what the kernel is not made for, the plain loss refuses in words
        return Number.isNaN(value) ? loss(prediction, target, weight, grad).value : value;
      })
    );
  };
  return Object.assign(loss, { source, check, plan });
};

/** A loss that is the mean over columns of an element's loss: `f(p, t)` its value, `df(p, t)` its derivative by p. */
export const elementwiseLoss = (part: {
  source: string;
  f: (p: number, t: number) => number;
  df: (p: number, t: number) => number;
  /** What a target has to be, when not every finite number will do. */
  target?: Domain;
  /** An emitted formula that does the same, see math/simd/elementLosses.ts. */
  formula?: LossFormula;
}): Loss => {
  const { source, f, df, target: domain, formula } = part;
  return defineLoss({
    source,
    formula,
    check: (target) => {
      if (domain) inDomain(source, target, domain);
    },
    row: (prediction, target, i, grad) => {
      const { cols } = prediction;
      let sum = 0;
      for (let j = i * cols; j < (i + 1) * cols; j++) {
        const p = prediction.data[j]!;
        const t = target.data[j]!;
        sum += f(p, t);
        grad.data[j] = df(p, t) / cols;
      }
      return sum / cols;
    },
  });
};

/** Refuses targets whose width is not that of the prediction. */
export const sameWidth =
  (source: string): Loss["check"] =>
  (target, width) => {
    if (target.cols !== width) throw invalid(source, `targets of ${width} columns`, shapeOf(target));
  };

/** Refuses targets outside of what the loss is defined for, naming the first. */
export const inDomain = (source: string, target: Matrix, { is, test }: Domain): void => {
  for (let i = 0; i < target.data.length; i++) {
    const t = target.data[i]!;
    if (!test(t))
      throw invalid(source, `targets that are ${is}`, `${t} in row ${Math.floor(i / target.cols)}`);
  }
};
