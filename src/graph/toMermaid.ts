import type { Circuit } from "./circuit.ts";
import { describe } from "./describe.ts";
import type { Model } from "./model.ts";

/** The graph as a Mermaid flowchart: paste it into any Markdown that draws them. */
export const toMermaid = (graph: Model | Circuit): string => {
  const { nodes, edges } = describe(graph);
  const quote = (text: string) => text.replaceAll('"', "#quot;");
  return [
    "flowchart LR",
    ...nodes.map(({ id, label }) => `  ${id}["${quote(label)}"]`),
    ...edges.map(({ from, to }) => `  ${from} --> ${to}`),
  ].join("\n");
};
