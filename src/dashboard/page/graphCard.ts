import type { Description } from "../../graph/describe.ts";
import type { LayerView } from "../pageMessage.ts";
import { type Card, card } from "./card.ts";
import { download } from "./download.ts";
import { el, svgEl } from "./el.ts";
import { format } from "./format.ts";
import { apart, box, layout, type PlacedNode } from "./layout.ts";
import { nodeBox } from "./nodeBox.ts";
import { svgFile } from "./svgFile.ts";
import type { Theme } from "./theme.ts";

export interface GraphCard extends Card {
  /** What flows: values down, gradients up; `flowing` unless nothing moves. */
  draw(layers: readonly LayerView[] | undefined, flowing: boolean): void;
}

/** A strand of an edge, and which node's numbers it shows. */
interface Strand {
  readonly path: SVGPathElement;
  readonly node: number;
  readonly side: "value" | "gradient";
  readonly moving: Animation | undefined;
}

/** What is not wider stands beside the charts. */
const narrow = 340;
const dash = 12;

/** The graph of layers. The thicker and faster a strand is, the larger are the numbers that pass. */
export const graphCard = (graph: Description, theme: Theme): GraphCard => {
  const { width, height, nodes, detours } = layout(graph);
  const places = new Map(nodes.map((node) => [node.id, node]));
  const drawing = svgEl("svg", {
    class: "graph",
    viewBox: `-8 -8 ${width + 16} ${height + 16}`,
    width: width + 16,
    height: height + 16,
    role: "img",
    "aria-label": `The graph: ${graph.nodes.map(({ label }) => label).join(", ")}`,
  });
  const base = card(
    "Graph of layers",
    { SVG: () => download("graph", "image/svg+xml", svgFile(drawing, theme.color("card"))) },
    width > narrow ? "wide" : "tall",
  );
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const indexOf = (id: string): number => graph.nodes.findIndex((node) => node.id === id) - 1; // the input comes first
  const strands = graph.edges.flatMap(({ from, to }): Strand[] => {
    const source = places.get(from)!;
    const target = places.get(to)!;
    // what the input gives is not tapped: its edges show what the layer behind does with it
    const node = from === "input" || indexOf(from) < 0 ? indexOf(to) : indexOf(from);
    return (["value", "gradient"] as const).map((side) => {
      const path = svgEl("path", {
        class: `strand ${side}`,
        d: curve(source, target, side === "value" ? -apart : apart, detours.get(`${from}\n${to}`)),
      });
      const moving = calm
        ? undefined
        : path.animate([{ strokeDashoffset: side === "value" ? dash : -dash }, { strokeDashoffset: 0 }], {
            duration: 1000,
            iterations: Number.POSITIVE_INFINITY,
          });
      moving?.pause();
      return { path, node, side, moving };
    });
  });
  const boxes = graph.nodes.map((node) => nodeBox(node, places.get(node.id)!));
  drawing.append(...strands.map(({ path }) => path), ...boxes.map(({ group }) => group));
  const region = el(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": "Graph of layers, scrolls" },
    drawing,
  );
  base.body.append(
    region,
    el(
      "p",
      { class: "note" },
      el("i", { class: "swatch value" }),
      "values, down ",
      el("i", { class: "swatch gradient" }),
      "gradients, up; thicker and faster: larger root mean square",
    ),
  );
  let centered = false;
  return {
    ...base,
    draw: (layers, flowing) => {
      if (!centered) region.scrollLeft = (region.scrollWidth - region.clientWidth) / 2;
      centered = true;
      const levels = { value: levelsOf(layers, "value"), gradient: levelsOf(layers, "gradient") };
      for (const { path, node, side, moving } of strands) {
        const level = levels[side][node];
        path.classList.toggle("still", level === undefined);
        path.style.strokeWidth = String(1.2 + 3.3 * (level ?? 0));
        moving?.updatePlaybackRate(0.4 + 1.6 * (level ?? 0));
        if (flowing && level !== undefined) moving?.play();
        else moving?.pause();
      }
      boxes.forEach(({ told }, i) => {
        const view = layers?.[i - 1];
        if (!told || !view) return;
        told.textContent = `↓ ${format(view.value, 3)}  ↑ ${format(view.gradient, 3)}`;
      });
    },
  };
};

/** From 0 for the smallest to 1 for the largest, by magnitude. */
const levelsOf = (
  layers: readonly LayerView[] | undefined,
  side: "value" | "gradient",
): readonly (number | undefined)[] => {
  const logs = (layers ?? []).map((layer) => {
    const size = layer[side];
    return size === undefined || size <= 0 ? undefined : Math.log(size);
  });
  const known = logs.filter((x) => x !== undefined);
  const [from, to] = [Math.min(...known), Math.max(...known)];
  return logs.map((x) => (x === undefined ? undefined : to > from ? (x - from) / (to - from) : 0.5));
};

/** From the foot of one node to the head of another, straight or by way of a detour. */
const curve = (from: PlacedNode, to: PlacedNode, aside: number, detour?: number): string => {
  const [x0, y0] = [from.x + box.width / 2 + aside, from.y + box.height];
  const [x1, y1] = [to.x + box.width / 2 + aside, to.y];
  const bend = Math.min(30, (y1 - y0) / 2);
  if (detour !== undefined) {
    const x = detour + aside;
    const [down, up] = [y0 + bend, y1 - bend];
    return `M${x0} ${y0}C${x0} ${y0 + 22} ${x} ${y0 + 4} ${x} ${down}V${up}C${x} ${y1 - 4} ${x1} ${y1 - 22} ${x1} ${y1}`;
  }
  return `M${x0} ${y0}C${x0} ${y0 + bend} ${x1} ${y1 - bend} ${x1} ${y1}`;
};
