import { invalid, whole } from "../math/invalid.ts";
import { type Matrix, shapeOf, zeros } from "../math/matrix.ts";
import type { Loss } from "./loss.ts";

/** How many heads a net has, and the columns of each: the plan that `hedge` makes says both. */
export interface Heads {
  readonly heads: number;
  readonly outputs: number;
}

/**
 * Each head's loss by its weight: Σ αₗ·L(fₗ), for what `hedgedHeads` answers in training, the heads and α in each row
 * (Sahoo, Pham, Lu & Hoi, 2018). The gradient with respect to a head is αₗ·∇L(fₗ), and to a weight the loss of its head. Of the
 * mixture alone, n × outputs, it is the loss as it is.
 * @throws InvalidInputError when a size is no whole number above 0.
 * @example const net = hedge(8, 1, { hidden: [32, 32] }); hedged(meanSquaredError(), net)
 */
export const hedged = (loss: Loss, { heads, outputs }: Heads): Loss => {
  if (typeof loss !== "function")
    throw invalid("hedged()", "a loss, such as meanSquaredError()", typeof loss);
  const source = `hedged(${loss.source}, { heads: ${heads}, outputs: ${outputs} })`;
  whole(source, "heads", heads);
  whole(source, "outputs", outputs);
  const wide = heads * outputs;
  const cols = wide + heads;
  const fits = (width: number) => {
    if (width !== outputs && width !== cols)
      throw invalid(source, `predictions of ${cols} columns in training, or of ${outputs}`, String(width));
  };
  const ofHeads = (p: Matrix, target: Matrix, weight?: Matrix, into?: Matrix) => {
    const { rows } = p;
    if (target.rows !== rows) throw invalid(source, `${rows} rows of targets`, shapeOf(target));
    if (weight && (weight.rows !== rows || weight.cols !== 1))
      throw invalid(source, `${rows} × 1 weights`, shapeOf(weight));
    if (target.cols !== outputs && target.cols !== 1) loss.check(target, outputs); // in words of the whole batch
    const grad = into ?? zeros(rows, cols, p.data instanceof Float32Array ? "float32" : "float64");
    let value = 0;
    for (let i = 0; i < rows; i++) {
      const t = part(target, i * target.cols, target.cols);
      const w = (weight ? weight.data[i]! : 1) / rows;
      for (let l = 0; l < heads; l++) {
        const at = i * cols + l * outputs;
        const α = i * cols + wide + l;
        const one = loss(part(p, at, outputs), t, undefined, part(grad, at, outputs)); // writes ∇L(fₗ) of the row
        value += w * p.data[α]! * one.value;
        for (let j = at; j < at + outputs; j++) grad.data[j]! *= w * p.data[α]!;
        grad.data[α] = w * one.value;
      }
    }
    return { value, grad };
  };
  return Object.assign(
    (prediction: Matrix, target: Matrix, weight?: Matrix, into?: Matrix) => {
      fits(prediction.cols);
      return (prediction.cols === cols ? ofHeads : loss)(prediction, target, weight, into);
    },
    {
      source,
      check: (target: Matrix, width: number) => {
        fits(width);
        loss.check(target, outputs);
      },
      answer: (p: Matrix): Matrix => {
        fits(p.cols);
        if (p.cols === outputs) return p;
        const F = zeros(p.rows, outputs, p.data instanceof Float32Array ? "float32" : "float64");
        for (let i = 0; i < p.rows; i++)
          for (let j = 0; j < wide; j++)
            F.data[i * outputs + (j % outputs)]! +=
              p.data[i * cols + wide + Math.floor(j / outputs)]! * p.data[i * cols + j]!;
        return F;
      },
    },
  );
};

/** Some columns of one row, live. */
const part = ({ data }: Matrix, from: number, cols: number): Matrix => ({
  rows: 1,
  cols,
  data: data.subarray(from, from + cols),
});
