import type { Weights } from "./weights.ts";

/** Keeps a copy of the weights and the running statistics; the function that it returns puts them back. */
export const snapshot = (weights: Weights): (() => void) => {
  const values = weights.values.data.slice();
  const buffers = weights.buffers.data.slice();
  return () => {
    weights.values.data.set(values);
    weights.buffers.data.set(buffers);
  };
};
