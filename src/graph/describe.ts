import type { Width } from "../layers/layer.ts";
import type { Circuit } from "./circuit.ts";
import type { Model } from "./model.ts";

/** A layer in a drawing of the graph. */
export interface DescribedNode {
  readonly id: string;
  /** As it would be written: `dense(2, 8)`. */
  readonly label: string;
  /** Numbers that it learns. */
  readonly parameters: number;
  /** Columns that it gives. */
  readonly outputs: Width;
}

/** The graph as nodes and edges, for drawing. */
export interface Description {
  readonly nodes: readonly DescribedNode[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

/** Describes a model, or a graph wired by hand by its circuit. */
export const describe = (graph: Model | Circuit): Description => {
  const used = new Set<string>();
  const unique = (name: string): string => {
    let id = name;
    for (let again = 2; used.has(id); again++) id = `${name}_${again}`; // a shared layer stands in several places
    used.add(id);
    return id;
  };
  const ids = graph.nodes.map(({ name }) => unique(name));
  const input = unique("input");
  const output = unique("output");
  const nodes = graph.nodes.map(({ layer, widths }, i) => ({
    id: ids[i]!,
    label: layer.source,
    parameters: Object.values(layer.parameters).reduce((sum, { rows, cols }) => sum + rows * cols, 0),
    outputs: widths[0],
  }));
  const read = new Set(graph.nodes.flatMap(({ reads }) => reads));
  const edges = graph.nodes.flatMap(({ reads }, i) =>
    reads.map((from) => ({ from: from < 0 ? input : ids[from]!, to: ids[i]! })),
  );
  const ends = ids.flatMap((id, i) => (read.has(i) ? [] : [{ from: id, to: output }]));
  return {
    nodes: [
      { id: input, label: "input", parameters: 0, outputs: "inputs" in graph ? graph.inputs : undefined },
      ...nodes,
      {
        id: output,
        label: "output",
        parameters: 0,
        outputs: "outputs" in graph ? graph.outputs : undefined,
      },
    ],
    edges: [...edges, ...ends],
  };
};
