import { finite, invalid, isInvalidInput, knownOptions } from "../math/invalid.ts";
import { type Matrix, numbers, shapeOf } from "../math/matrix.ts";
import { inDomain, type Loss, type LossResult } from "./loss.ts";

export interface DarkExperienceOptions {
  /** α: how much it counts to answer as at the time when the row was new. */
  readonly alpha?: number;
  /** β: how much the label of a replayed row counts; 0 is DER, more is DER++. */
  readonly beta?: number;
}

/**
 * A loss for rows that are replayed with the logits of their time (Buzzega et al., 2020: DER++): of a new row ℓ(z, y), of
 * a replayed one α·‖z − z′‖² + β·ℓ(z, y). `replay(…, { logits: true })` makes the targets: [y | z′ | 1] for replayed rows,
 * [y | 0 | 0] for new ones beside them, and y alone where all are new. Predictions are logits: ℓ takes them as they are.
 * @throws InvalidInputError for what is no loss, and for alpha or beta below 0.
 * @example darkExperience(categoricalCrossentropy({ fromLogits: true }), { alpha: 0.5, beta: 0.5 })
 */
export const darkExperience = (base: Loss, options: DarkExperienceOptions = {}): Loss => {
  if (typeof base?.check !== "function")
    throw invalid("darkExperience()", "a loss, such as meanSquaredError()", String(base));
  knownOptions("darkExperience()", options, ["alpha", "beta"]);
  const { alpha: α = 0.5, beta: β = 0.5 } = options;
  const source = `darkExperience(${base.source}, { alpha: ${α}, beta: ${β} })`;
  finite(source, "alpha", α, { min: 0 });
  finite(source, "beta", β, { min: 0 });
  /** What the base makes of the labels; when they are too many or too few, it speaks of all columns. */
  const ofLabels = <A>(target: Matrix, width: number, f: (y: Matrix) => A): A => {
    const y = labels(target, labelsOf(target, width));
    try {
      return f(y);
    } catch (error) {
      if (!isInvalidInput(error) || error.got !== shapeOf(y)) throw error;
      throw invalid(source, `${error.expected}, or ${width + 1} more for logits and a mark`, shapeOf(target));
    }
  };

  const loss = (z: Matrix, target: Matrix, weight?: Matrix, into?: Matrix): LossResult => {
    const { rows, cols: k } = z;
    const m = labelsOf(target, k);
    if (m === target.cols) return base(z, target, weight, into);
    if (target.rows !== rows) throw invalid(source, `${rows} rows of targets`, shapeOf(target));
    if (weight && (weight.rows !== rows || weight.cols !== 1))
      throw invalid(source, `${rows} × 1 weights`, shapeOf(weight));
    const w = { rows, cols: 1, data: new Float64Array(rows) };
    const replayed = (i: number) => target.data[(i + 1) * target.cols - 1]! === 1;
    for (let i = 0; i < rows; i++) w.data[i] = (weight ? weight.data[i]! : 1) * (replayed(i) ? β : 1);
    const { value, grad } = ofLabels(target, k, (y) => base(z, y, w, into));
    let sum = 0;
    for (let i = 0; i < rows; i++) {
      if (!replayed(i)) continue;
      const scale = (α * (weight ? weight.data[i]! : 1)) / rows;
      for (let j = 0; j < k; j++) {
        const d = z.data[i * k + j]! - target.data[i * target.cols + m + j]!;
        sum += scale * d * d;
        grad.data[i * k + j]! += 2 * scale * d;
      }
    }
    return { value: value + sum, grad };
  };
  const check = (target: Matrix, width: number): void => {
    if (labelsOf(target, width) === target.cols) {
      base.check(target, width);
      return;
    }
    inDomain(source, target, { is: "finite", test: Number.isFinite });
    ofLabels(target, width, (y) => base.check(y, width));
    for (let i = 0; i < target.rows; i++) {
      const mark = target.data[(i + 1) * target.cols - 1]!;
      if (mark !== 0 && mark !== 1)
        throw invalid(source, "0 or 1 in the last column of targets", `${mark} in row ${i}`);
    }
  };
  return Object.assign(loss, { source, check });
};

/** Columns of y: as many as there are, or those before as many logits as the prediction has, and a mark. */
const labelsOf = ({ cols }: Matrix, width: number): number => (cols > width + 1 ? cols - width - 1 : cols);

/** A copy of the first columns. */
const labels = ({ rows, cols, data }: Matrix, m: number): Matrix => {
  const y = numbers(rows * m, data instanceof Float32Array ? "float32" : "float64");
  for (let i = 0; i < rows; i++) y.set(data.subarray(i * cols, i * cols + m), i * m);
  return { rows, cols: m, data: y };
};
