import { checkInput, largest } from "../graph/checkInput.ts";
import type { Width } from "../layers/layer.ts";
import { invalid, inWords } from "../math/invalid.ts";
import { type Matrix, matrix, type Precision } from "../math/matrix.ts";
import { isSparse, type Sparse } from "../math/sparse.ts";
import type { Sample, SparseSample } from "./sample.ts";

/** What a sample must be to be learned from. */
export interface Soundness {
  /** How many numbers stand in x, and in y; any number of them where it is left out. */
  readonly inputs?: Width;
  readonly targets?: Width;
  /** That of the model: what it cannot hold becomes infinite there, such as 1e308 in float32, the default. */
  readonly precision?: Precision | undefined;
  /** Refuses targets, 1 × m, that a loss is not defined for. */
  readonly fits?: ((y: Matrix) => void) | undefined;
}

/**
 * Refuses a sample that a model could not learn from, before its batch is made: what is no number, not finite, or not so
 * many numbers as there should be.
 * @throws InvalidInputError that names the actor, and says which number of the sample.
 */
export const checkSample = (
  actor: string,
  sample: Sample | SparseSample,
  position: number,
  { inputs, targets, precision = "float32", fits }: Soundness,
): void => {
  if (typeof sample !== "object" || sample === null)
    throw invalid(actor, "samples { x, y }", `${inWords(sample)} as sample ${position}`);
  const { x, y, weight } = sample;
  const limit = largest[precision];
  if (isRow(x)) checkInput(`${actor} in sample ${position}`, x, inputs, precision);
  else checkList(actor, "x", x, position, inputs, limit);
  checkList(actor, "y", typeof y === "number" ? [y] : y, position, targets, limit);
  if (weight !== undefined && !(typeof weight === "number" && weight >= 0 && weight <= limit))
    throw invalid(
      actor,
      "a finite number of at least 0 as weight",
      `${inWords(weight)} of sample ${position}`,
    );
  fits?.(matrix([typeof y === "number" ? [y] : y]));
};

const isRow = (x: SparseSample["x"] | Sample["x"]): x is Sparse => isSparse(x as Sparse);

const checkList = (
  actor: string,
  name: "x" | "y",
  list: ArrayLike<number>,
  position: number,
  width: Width,
  limit: number,
): void => {
  const { length } = typeof list === "object" && list !== null ? list : { length: undefined };
  if (!(typeof length === "number" && length > 0))
    throw invalid(
      actor,
      `numbers in ${name}`,
      `${length === 0 ? "none" : inWords(list)} of sample ${position}`,
    );
  if (width !== undefined && length !== width)
    throw invalid(actor, `${width} numbers in ${name}`, `${length} of sample ${position}`);
  for (let j = 0; j < length; j++) {
    const v: unknown = list[j];
    if (!(typeof v === "number" && Math.abs(v) <= limit))
      throw invalid(actor, `finite numbers in ${name}`, `${inWords(v)} in column ${j} of sample ${position}`);
  }
};
