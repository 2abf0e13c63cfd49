import type { Data } from "../math/matrix.ts";
import type { Weights } from "./weights.ts";

/** A copy of weights and running statistics; plain data. */
export interface Snapshot {
  readonly values: Data;
  readonly buffers: Data;
}

/** Takes a copy. */
export const snapshot = ({ values, buffers }: Weights): Snapshot => ({
  values: values.data.slice(),
  buffers: buffers.data.slice(),
});

/** Puts back what was copied. */
export const putBack = (weights: Weights, { values, buffers }: Snapshot): void => {
  weights.values.data.set(values);
  weights.buffers.data.set(buffers);
};
