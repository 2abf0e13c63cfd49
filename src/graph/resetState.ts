import type { Model } from "./model.ts";

/**
 * Forgets where the streams of a model have come to: the states that its `stateful` layers carry from batch to batch start anew.
 * Weights and running statistics stay. During a batch it waits until the batch is done.
 */
export const resetState = (model: Model): void => model.turn(reset, model);

const reset = ({ nodes, weights }: Model): void => {
  for (const { layer } of nodes) {
    const { buffers, random } = weights.of(layer);
    for (const [name, { init, carried }] of Object.entries(layer.buffers))
      if (carried) init(buffers[name]!, random);
  }
};
