import { invalid } from "../math/invalid.ts";
import { shapeOf } from "../math/matrix.ts";
import { type Scored, sameShape } from "./scored.ts";

/** Refuses anything but one column of scores and of targets. @throws InvalidInputError */
export const oneColumn = (actor: string, scored: Scored): void => {
  if (scored.prediction.cols !== 1) throw invalid(actor, "one column of scores", shapeOf(scored.prediction));
  sameShape(actor, scored);
};
