import { type Matrix, zeros } from "../math/matrix.ts";
import { classScores } from "./classScores.ts";
import type { ConformalSet } from "./conformalSet.ts";

/**
 * The set of classes that a reading of {@link conformalSet} makes of each row of probabilities: 1 for a class that is in it,
 * and otherwise 0; n × classes, and n × 2 of one column.
 * @throws InvalidInputError when a prediction is no probability.
 */
export const setOf = (
  { score, threshold }: Pick<ConformalSet, "score" | "threshold">,
  probabilities: Matrix,
): Matrix => {
  const set = zeros(probabilities.rows, Math.max(2, probabilities.cols));
  for (let i = 0; i < set.rows; i++)
    set.data.set(
      classScores("setOf()", score, probabilities, i).map((s) => (s <= threshold ? 1 : 0)),
      i * set.cols,
    );
  return set;
};
