import { invalid } from "../math/invalid.ts";
import { type Matrix, shapeOf, zeros } from "../math/matrix.ts";
import type { ConformalInterval } from "./conformalInterval.ts";

/** Where targets are to be expected, n × m each. Lower is above upper in an empty interval, and both may be infinite. */
export interface Interval {
  readonly lower: Matrix;
  readonly upper: Matrix;
}

/**
 * The intervals around predictions (n × m) that a reading of {@link conformalInterval} makes, in float64.
 * @throws InvalidInputError on another number of columns than was learned.
 */
export const intervalAround = (
  { lower, upper }: Pick<ConformalInterval, "lower" | "upper">,
  prediction: Matrix,
): Interval => {
  const { rows, cols, data } = prediction;
  if (upper.length > 0 && upper.length !== cols)
    throw invalid("intervalAround()", `predictions of ${upper.length} columns`, shapeOf(prediction));
  const interval = { lower: zeros(rows, cols), upper: zeros(rows, cols) };
  for (let k = 0; k < data.length; k++) {
    interval.lower.data[k] = data[k]! + (lower[k % cols] ?? Number.NEGATIVE_INFINITY);
    interval.upper.data[k] = data[k]! + (upper[k % cols] ?? Number.POSITIVE_INFINITY);
  }
  return interval;
};
