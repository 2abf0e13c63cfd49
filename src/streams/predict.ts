import { map, type OperatorFunction } from "rxjs";
import type { Model } from "../graph/model.ts";
import type { Matrix } from "../math/matrix.ts";

/**
 * Answers each input (n × inputs, or one row of numbers) with the model's outputs (n × outputs), a copy. It stands on a
 * second graph over the same weights, and changes nothing.
 * @throws InvalidInputError on the stream, for a wrong width or numbers that are not finite.
 */
export const predict = (model: Model): OperatorFunction<Matrix | readonly number[], Matrix> =>
  map((x) => model.predict(x));
