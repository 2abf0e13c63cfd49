import { map, type OperatorFunction } from "rxjs";
import type { Model } from "../graph/model.ts";
import type { Matrix } from "../math/matrix.ts";
import { slab } from "../math/slab.ts";

/**
 * Answers each input (n × inputs, or one row of numbers) with the model's outputs (n × outputs), a copy. It stands on a
 * second graph over the same weights, and changes nothing.
 * @throws InvalidInputError on the stream, for a wrong width or numbers that are not finite.
 */
export const predict = (model: Model): OperatorFunction<Matrix | readonly number[], Matrix> => {
  const fresh = slab();
  const one = (row: readonly number[]): Matrix => {
    const { length } = row;
    const data = fresh(length);
    for (let j = 0; j < length; j++) data[j] = row[j]!;
    return { rows: 1, cols: length, data };
  };
  return map((x) => model.predict("data" in x ? x : one(x)));
};
