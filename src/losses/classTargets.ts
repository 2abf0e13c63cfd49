import { invalid } from "../math/invalid.ts";
import { type Matrix, shapeOf } from "../math/matrix.ts";
import type { Loss } from "./loss.ts";

/**
 * Targets of a loss over k ≥ 2 classes: n × k rows, each a distribution over the classes (one-hot, or softer), or
 * n × 1 class indices.
 */
export const classTargets = (source: string): { fits: Loss["check"]; check: Loss["check"] } => ({
  fits: (target, k) => {
    if (k < 2)
      throw invalid(
        source,
        "predictions of at least 2 columns, one a class (binaryCrossentropy() takes 1)",
        `${k}`,
      );
    if (target.cols !== k && target.cols !== 1)
      throw invalid(source, `targets of ${k} columns, or of 1 with class indices`, shapeOf(target));
  },
  check: (target, k) => {
    for (let i = 0; i < target.rows; i++) {
      if (target.cols === 1) checkIndex(source, target.data[i]!, k, i);
      else checkDistribution(source, target, i);
    }
  },
});

/** The part of class j in the truth of row i. */
export const classTarget = ({ cols, data }: Matrix, i: number, j: number): number =>
  cols === 1 ? (data[i] === j ? 1 : 0) : data[i * cols + j]!;

const checkIndex = (source: string, index: number, k: number, row: number): void => {
  if (!(Number.isInteger(index) && index >= 0 && index < k))
    throw invalid(source, `class indices from 0 to ${k - 1}`, `${index} in row ${row}`);
};

const checkDistribution = (source: string, { cols, data }: Matrix, row: number): void => {
  let sum = 0;
  for (let j = row * cols; j < (row + 1) * cols; j++) {
    const t = data[j]!;
    if (!(t >= 0)) throw invalid(source, "targets that are at least 0", `${t} in row ${row}`);
    sum += t;
  }
  if (Math.abs(sum - 1) > 1e-3)
    throw invalid(source, "rows of targets that sum to 1", `${sum} in row ${row}`);
};
