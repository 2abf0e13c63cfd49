import type { Model } from "../graph/model.ts";
import type { Matrix } from "../math/matrix.ts";
import { tripleBuffer } from "./tripleBuffer.ts";
import { weightsSize, weightsView } from "./weightsView.ts";

/** A prediction, and how many steps its weights had learned. */
export interface VersionedPrediction {
  /** rows × outputs: a copy. */
  readonly prediction: Matrix;
  readonly version: number;
}

/** A model whose weights are those that another thread publishes. */
export interface Follower {
  readonly version: number;
  /** Takes over the newest weights; returns their version. */
  refresh(): number;
  predict(x: Matrix): VersionedPrediction;
}

/** The reading end of published weights. They are taken over between batches, all at once. */
export const follower = (model: Model, memory: SharedArrayBuffer): Follower => {
  const { values, buffers } = model.weights;
  const size = weightsSize(model.weights);
  const weights = tripleBuffer(memory, (at) => weightsView(memory, at, size));
  let version = 0;
  const refresh = (): number => {
    if (model.busy || !weights.fresh()) return version; // a tap that predicts keeps the weights that its batch has
    const newest = weights.read();
    values.data.set(newest.values);
    buffers.data.set(newest.buffers);
    version = newest.version[0]!;
    return version;
  };
  return {
    get version() {
      return version;
    },
    refresh,
    predict: (x) => {
      const from = refresh();
      return { prediction: model.predict(x), version: from };
    },
  };
};
