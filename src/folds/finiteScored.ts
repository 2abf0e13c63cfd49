import { invalid } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import type { Scored } from "./scored.ts";

/** More than rows can come, and so little that sums of it stay finite. */
const heaviest = 1e100;

/** Refuses scored rows that hold NaN or infinity, or a weight below 0 or without measure. @throws InvalidInputError */
export const finiteScored = (actor: string, { prediction, target, weight }: Scored): void => {
  finiteNumbers(actor, "predictions", prediction);
  finiteNumbers(actor, "targets", target);
  if (!weight) return;
  finiteNumbers(actor, "weights", weight);
  const i = weight.data.findIndex((w) => w < 0 || w > heaviest);
  if (i >= 0) throw invalid(actor, `weights from 0 to ${heaviest}`, `${weight.data[i]} in row ${i}`);
};

const finiteNumbers = (actor: string, what: string, { cols, data }: Matrix): void => {
  for (let i = 0; i < data.length; i++)
    if (!Number.isFinite(data[i]))
      throw invalid(actor, `finite ${what}`, `${data[i]} in row ${Math.floor(i / cols)}`);
};
