import { reference } from "../math/reference.ts";
import type { Vector } from "../math/vector.ts";

const plain = reference();

/** w ← w − step, all of it or none; false, and the weights are as they were, when one of them would not be finite. */
export const takeOff = (weights: Vector, step: Vector): boolean => {
  const kernels = weights.kernels ?? plain;
  const w = weights.store ?? weights;
  const s = step.store ?? step;
  if (!kernels.finiteDifference(w, s)) return false;
  kernels.subtract(w, s);
  return true;
};
