import type { Circuit } from "./circuit.ts";
import { describe } from "./describe.ts";
import type { Model } from "./model.ts";

/** Words that mean something else in a flowchart. */
const reserved = new Set([
  "class",
  "classDef",
  "click",
  "default",
  "end",
  "graph",
  "linkStyle",
  "style",
  "subgraph",
]);

/** The graph as a Mermaid flowchart: paste it into any Markdown that draws them. */
export const toMermaid = (graph: Model | Circuit): string => {
  const { nodes, edges } = describe(graph);
  const safe = new Map(
    nodes.map(({ id }, i) => [id, /^[a-z]\w*$/i.test(id) && !reserved.has(id) ? id : `node_${i}`]),
  );
  const quote = (text: string) => text.replaceAll('"', "#quot;");
  return [
    "flowchart LR",
    ...nodes.map(({ id, label }) => `  ${safe.get(id)}["${quote(label)}"]`),
    ...edges.map(({ from, to }) => `  ${safe.get(from)} --> ${safe.get(to)}`),
  ].join("\n");
};
