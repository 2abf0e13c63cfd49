import type { DescribedNode } from "../../graph/describe.ts";
import { svgEl } from "./el.ts";
import { format } from "./format.ts";
import { box, type PlacedNode } from "./layout.ts";

/** A node as it is drawn, and where its numbers stand; the ends of the graph have none. */
export interface NodeBox {
  readonly group: SVGGElement;
  readonly told: SVGTextElement | undefined;
}

export const nodeBox = ({ id, label, parameters, outputs }: DescribedNode, { x, y }: PlacedNode): NodeBox => {
  const isEnd = label === "input" || label === "output";
  const middle = x + box.width / 2;
  const line = (dy: number, kind: string, text: string) =>
    svgEl("text", { x: middle, y: y + dy, class: kind, "text-anchor": "middle" }, text);
  const size = outputs === undefined ? "" : `→ ${outputs}`;
  const told = isEnd ? undefined : line(34, "told", parameters > 0 ? `${format(parameters)} weights` : size);
  const hint = `${id}: ${label}${parameters > 0 ? `, ${parameters} weights` : ""}${size ? `, ${size} columns` : ""}`;
  const group = svgEl(
    "g",
    { class: isEnd ? "node end" : "node" },
    svgEl("title", {}, hint),
    svgEl("rect", { x, y, width: box.width, height: box.height, rx: 8 }),
    line(
      isEnd ? 27 : 18,
      "name",
      isEnd
        ? `${label}${outputs === undefined ? "" : ` · ${outputs}`}`
        : shortened(`${id} ${shapeOf(label)}`),
    ),
    ...(told ? [told] : []),
  );
  return { group, told };
};

/** `(41, 32)` of `dense(41, 32, { … })`. */
const shapeOf = (label: string): string => {
  const numbers = /^[^(]*\((\d+(?:, \d+)*)/.exec(label)?.[1];
  return numbers === undefined ? "" : `(${numbers})`;
};

const shortened = (text: string): string => (text.length > 20 ? `${text.slice(0, 19)}…` : text);
