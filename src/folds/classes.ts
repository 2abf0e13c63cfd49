import { invalid } from "../math/invalid.ts";
import { shapeOf } from "../math/matrix.ts";
import { type Scored, sameRows } from "./scored.ts";

/** Refuses targets that are neither as wide as the prediction nor class indices. @throws InvalidInputError */
export const sameClasses = (actor: string, scored: Scored): void => {
  sameRows(actor, scored);
  const { prediction, target } = scored;
  if (target.cols !== prediction.cols && target.cols !== 1)
    throw invalid(
      actor,
      `targets of ${shapeOf(prediction)}, or class indices in one column`,
      shapeOf(target),
    );
};

/** How many classes a prediction chooses among: two with one column, and otherwise one a column. */
export const classCount = ({ prediction }: Scored): number => Math.max(2, prediction.cols);

/** The class that row i predicts: with one column, 1 above the threshold and else 0; otherwise the first largest. */
export const predictedClass = (
  { prediction: { cols, data } }: Scored,
  i: number,
  threshold: number,
): number => (cols === 1 ? (data[i]! > threshold ? 1 : 0) : largest(data, i * cols, cols));

/** The class that row i truly has. With one column of predictions, it is 1 if the target is above ½: 0/1 and ±1 both work. */
export const actualClass = (actor: string, { prediction, target }: Scored, i: number): number => {
  if (prediction.cols === 1) return target.data[i]! > 0.5 ? 1 : 0;
  if (target.cols > 1) return largest(target.data, i * target.cols, target.cols);
  const index = target.data[i]!;
  if (Number.isInteger(index) && index >= 0 && index < prediction.cols) return index;
  throw invalid(actor, `class indices from 0 to ${prediction.cols - 1} as targets`, `${index} in row ${i}`);
};

const largest = (data: ArrayLike<number>, start: number, length: number): number => {
  let best = 0;
  for (let j = 1; j < length; j++) if (data[start + j]! > data[start + best]!) best = j;
  return best;
};
