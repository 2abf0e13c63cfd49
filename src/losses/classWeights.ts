import { classOf } from "../math/classOf.ts";
import { fault, invalid } from "../math/invalid.ts";
import { type Matrix, shapeOf, zeros } from "../math/matrix.ts";

/** How much each class counts, by its index; a class that a record leaves out counts 1. */
export type ClassWeight = Readonly<Record<number, number>> | readonly number[];

/**
 * Row weights (rows × 1) that make up for classes of unequal size: the weight of each row's class, times `weight` where
 * there is one. The class of a row is the largest of its one-hot columns (the first of equals), or in a single column the
 * class index itself, where −1 is class 0 as for hinge. `labels` is how many of the first columns say the class, if not all.
 * @throws InvalidInputError for a target that is no class.
 * @throws Error for a weight that is negative or not finite, and for a class beyond the end of an array: it is the
 * configuration that is wrong, and not the batch.
 */
export const weighClasses = (
  classWeight: ClassWeight,
  target: Matrix,
  weight: Matrix | undefined,
  labels: number = target.cols,
): Matrix => {
  if (weight && (weight.rows !== target.rows || weight.cols !== 1))
    throw invalid("classWeight", `${target.rows} × 1 weights`, shapeOf(weight));
  const weights = zeros(target.rows, 1);
  const { cols, data } = target;
  for (let i = 0; i < target.rows; i++) {
    const k = classOf("classWeight", data, labels, i * cols, i);
    weights.data[i] = weightOf(classWeight, k) * (weight ? weight.data[i]! : 1);
  }
  return weights;
};

const weightOf = (classWeight: ClassWeight, k: number): number => {
  if (Array.isArray(classWeight) && k >= classWeight.length)
    throw fault("classWeight", `a weight for class ${k}`, `${classWeight.length} weights`);
  const w = (classWeight as Record<number, number>)[k] ?? 1;
  if (Number.isFinite(w) && w >= 0) return w;
  throw fault("classWeight", `a number of at least 0 as weight of class ${k}`, String(w));
};
