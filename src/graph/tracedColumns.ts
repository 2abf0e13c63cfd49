import type { LayerSpec, Width } from "../layers/layer.ts";
import { invalid } from "../math/invalid.ts";
import type { GraphNode } from "./circuit.ts";
import type { Model } from "./model.ts";

/** Rows or columns of one parameter of a layer. */
export interface Traced {
  readonly layer: LayerSpec;
  readonly parameter: string;
  readonly rows?: readonly number[];
  readonly cols?: readonly number[];
}

type Graph = Pick<Model, "nodes" | "inputs">;
type At = { readonly node: GraphNode; readonly columns: readonly number[] };

/**
 * The rows of first layers that read columns of the input and nothing else.
 * @throws InvalidInputError where a layer mixes the columns with others.
 */
export const rowsOfInputs = (actor: string, graph: Graph, columns: readonly number[]): readonly Traced[] => {
  const reading = readersOf(actor, graph, columns).map(({ node, columns }) => {
    if (!node.layer.trace!.rows)
      throw invalid(actor, `indices for ${node.layer.source}`, "columns of the input");
    return { node, columns };
  });
  checkShared(actor, graph, reading);
  return reading.map(({ node: { layer }, columns }) => ({
    layer,
    parameter: layer.trace!.rows!,
    rows: columns,
  }));
};

/** The rows of embeddings for an index in a column of the input. @throws InvalidInputError where another layer reads it. */
export const rowsOfIndex = (actor: string, graph: Graph, column: number, index: number): readonly Traced[] =>
  readersOf(actor, graph, [column]).map(({ node: { layer } }) => {
    const parameter = layer.trace!.indices;
    if (!parameter) throw invalid(actor, "indices in columns for an embedding", `one for ${layer.source}`);
    const size = layer.parameters[parameter]!.rows;
    if (index >= size) throw invalid(actor, `an index below ${size} for ${layer.source}`, String(index));
    return { layer, parameter, rows: [index] };
  });

/**
 * The columns of last layers that make columns of the output and nothing else.
 * @throws InvalidInputError where a layer makes them of others.
 */
export const colsOfOutputs = (actor: string, graph: Graph, columns: readonly number[]): readonly Traced[] => {
  const { nodes } = graph;
  const made: At[] = [];
  const seen = new Set<number>();
  const back = (at: number, columns: readonly number[]): void => {
    const node = nodes[at];
    if (!node)
      throw invalid(actor, "outputs that a layer with weights makes", "one that the input is added to");
    seen.add(at);
    if (node.layer.trace?.cols) {
      made.push({ node, columns });
      return;
    }
    const inputs = node.layer.trace?.backward?.(columns, widthsInto(graph, node));
    if (!inputs) throw mixed(actor, "outputs", graph, node);
    inputs.forEach((list, i) => {
      if (list.length > 0) back(node.reads[i]!, list);
    });
  };
  const read = new Set(nodes.flatMap(({ reads }) => reads));
  nodes.forEach((_, i) => {
    if (!read.has(i)) back(i, columns);
  });
  nodes.forEach((node, i) => {
    const other = node.reads.find((from) => seen.has(from) && !seen.has(i));
    if (other !== undefined)
      throw invalid(actor, `outputs of ${nodes[other]!.layer.source} alone`, `${node.layer.source} on them`);
  });
  checkShared(actor, graph, made);
  return made.flatMap(({ node: { layer }, columns }) =>
    layer.trace!.cols!.map((parameter) => ({ layer, parameter, cols: columns })),
  );
};

/** The first nodes with weights that columns of the input come to. */
const readersOf = (actor: string, graph: Graph, columns: readonly number[]): readonly At[] => {
  const carried: (readonly number[])[] = [];
  const readers: At[] = [];
  for (const node of graph.nodes) {
    const { trace } = node.layer;
    const inputs = node.reads.map((from) => (from < 0 ? columns : carried[from]!));
    if (inputs.every(({ length }) => length === 0)) carried.push([]);
    else if (trace?.rows || trace?.indices) {
      readers.push({ node, columns: inputs[0]! });
      carried.push([]);
    } else {
      const passed = trace?.forward?.(inputs, widthsInto(graph, node));
      if (!passed) throw mixed(actor, "inputs", graph, node);
      carried.push(passed);
    }
  }
  return readers;
};

const widthsInto = ({ nodes, inputs }: Graph, { reads }: GraphNode): readonly Width[] =>
  reads.map((from) => (from < 0 ? inputs : nodes[from]!.widths[0]));

/** A layer that is used twice shares its weights; they are forgotten only where both uses say the same. */
const checkShared = (actor: string, { nodes }: Graph, traced: readonly At[]): void => {
  for (const { node, columns } of traced)
    for (const other of nodes) {
      if (other.layer !== node.layer || other === node) continue;
      const there = traced.find((one) => one.node === other)?.columns ?? [];
      if (there.length !== columns.length || there.some((j) => !columns.includes(j)))
        throw invalid(
          actor,
          "weights that no other columns share",
          `${node.layer.source}, which is used twice`,
        );
    }
};

const mixed = (actor: string, what: string, graph: Graph, node: GraphNode): Error => {
  const open = widthsInto(graph, node).includes(undefined);
  const why = open && node.layer.trace ? "of which the plan does not say the widths" : "which mixes them";
  return invalid(
    actor,
    `${what} that dense or embedding layers meet one by one`,
    `${node.layer.source}, ${why}`,
  );
};
