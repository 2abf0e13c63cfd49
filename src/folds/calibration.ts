import { invalid } from "../math/invalid.ts";
import { shapeOf } from "../math/matrix.ts";
import { power } from "../math/power.ts";
import { actualClass, sameClasses } from "./classes.ts";
import type { Columnwise } from "./columnwise.ts";
import { finiteScored } from "./finiteScored.ts";
import { logitsOf } from "./logits.ts";
import type { Scored } from "./scored.ts";

/** How probabilities are brought to the frequency of what comes true. */
export interface Calibration {
  /** Rows seen. */
  readonly count: number;
  /** Calibrated probabilities, of a matrix or of one row; new, and of the same shape and precision. */
  readonly apply: Columnwise;
}

/** What a row teaches a calibration. */
export interface CalibrationRow {
  readonly logits: readonly number[];
  /** What the probabilities should have been: 0 or 1 for one column, else one-hot. */
  readonly truth: readonly number[];
  /** How far to move for it: η, as often as its weight says, 1 − (1 − η)ʷ. */
  readonly rate: number;
}

/** The rows that a calibration learns from, all of them checked before the first is learned. @throws InvalidInputError */
export const calibrationRows = (
  actor: string,
  scored: Scored,
  width: number,
  lr: number,
): readonly CalibrationRow[] => {
  sameClasses(actor, scored);
  finiteScored(actor, scored);
  const { prediction, weight } = scored;
  const { rows, cols, data } = prediction;
  if (width > 0 && cols !== width) throw invalid(actor, `${width} columns`, shapeOf(prediction));
  return Array.from({ length: rows }, (_, i) => {
    const k = actualClass(actor, scored, i);
    return {
      logits: logitsOf(actor, data, cols, i),
      truth: cols === 1 ? [k] : Array.from({ length: cols }, (_, j) => Number(j === k)),
      rate: weight ? 1 - power(1 - lr, weight.data[i]!) : lr,
    };
  });
};
