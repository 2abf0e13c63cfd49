import { random } from "../math/random.ts";
import type { Model } from "./model.ts";

/**
 * Draws the weights of a model anew from its seed, and lets its running statistics begin anew: bit by bit what they were when it
 * was made. Only when no batch is in flight.
 */
export const redraw = ({ nodes, weights }: Model): void => {
  const layers = new Map(nodes.map(({ layer }) => [weights.of(layer), layer]));
  weights.layers.forEach((own, i) => {
    const layer = layers.get(own);
    const start = random(weights.seed, 2 * i);
    for (const [key, { init }] of Object.entries(layer?.parameters ?? {}))
      init(own.parameters[key]!.value, start);
    for (const [key, { init }] of Object.entries(layer?.buffers ?? {})) init(own.buffers[key]!, start);
  });
};
