import { fault } from "../math/invalid.ts";
import type { Model } from "./model.ts";

/**
 * The weights α of the heads of a model that {@link hedge} planned, the shallowest first; they sum to 1: how deep the data wants
 * the net to be, so far. A copy.
 * @throws Error when the model has no such heads.
 */
export const headWeights = ({ nodes, weights }: Model): number[] => {
  const node = nodes.find(({ layer }) => layer.type === "hedgedHeads");
  if (!node) throw fault("headWeights()", "a model of hedge(…)", "one without heads");
  return Array.from(weights.of(node.layer).buffers.alpha!.data);
};
