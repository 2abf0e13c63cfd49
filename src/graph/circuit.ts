import type { Observable } from "rxjs";
import type { LayerSpec, Width } from "../layers/layer.ts";
import type { Value } from "../math/matrix.ts";
import type { Frame } from "./frame.ts";
import { type Weights, type WeightsOptions, weights } from "./weights.ts";

/** A layer at work in a graph: one for each use of the layer. */
export interface GraphNode {
  readonly name: string;
  readonly layer: LayerSpec;
  /** Indices of the nodes that it reads from; −1 is the input. */
  readonly reads: readonly number[];
  /** Columns that it gives, where known. */
  readonly widths: readonly Width[];
  /** What it answers, and the gradient of the loss with respect to that. */
  readonly value$: Observable<Frame<Value>>;
  readonly grad$: Observable<Frame<Value>>;
}

/** What the wires of one graph have in common: its weights, and its nodes in the order in which they were wired. */
export interface Circuit {
  readonly weights: Weights;
  readonly nodes: GraphNode[];
}

/** A new graph without nodes, over given weights or over new ones. */
export const circuit = (options: WeightsOptions & { readonly weights?: Weights } = {}): Circuit => ({
  weights: options.weights ?? weights(options),
  nodes: [],
});
