import type { Weights } from "../graph/weights.ts";
import type { Data, Precision } from "../math/matrix.ts";

/** A version of a model's weights in shared memory. */
export interface WeightsView {
  /** How many steps have been learned. */
  readonly version: Float64Array;
  readonly values: Data;
  /** Running statistics. */
  readonly buffers: Data;
}

/** How much there is of everything: what two threads must agree on. */
export interface WeightsSize {
  readonly precision: Precision;
  readonly values: number;
  readonly buffers: number;
}

/** The size of a model's weights. */
export const weightsSize = ({ kernels, values, buffers }: Weights): WeightsSize => ({
  precision: kernels.precision,
  values: values.cols,
  buffers: buffers.cols,
});

const head = 8;

/** The bytes that a version takes. */
export const weightsBytes = ({ values, buffers }: WeightsSize): number => head + 8 * (values + buffers);

/** A version of weights of this size that lies in memory from `at` on. */
export const weightsView = (
  memory: SharedArrayBuffer,
  at: number,
  { precision, values, buffers }: WeightsSize,
): WeightsView => {
  const numbers = (from: number, length: number): Data =>
    precision === "float32" ? new Float32Array(memory, from, length) : new Float64Array(memory, from, length);
  return {
    version: new Float64Array(memory, at, 1),
    values: numbers(at + head, values),
    buffers: numbers(at + head + 8 * values, buffers),
  };
};
