import type { Description } from "../../graph/describe.ts";
import type { Histogram } from "../histogram.ts";
import type { LayerView } from "../pageMessage.ts";
import { type Card, card } from "./card.ts";
import { el, svgEl } from "./el.ts";
import { format } from "./format.ts";

export interface HistogramCard extends Card {
  draw(layers: readonly LayerView[]): void;
}

const kinds = ["weights", "values", "gradients"] as const;
const titles = { weights: "weights", values: "activations", gradients: "gradients" };
const most = 24;
const [width, height] = [128, 40];

/** For each layer with weights how these, its activations and its gradients are spread. */
export const histogramCard = (graph: Description): HistogramCard => {
  const base = card("Histograms of layers", {}, "broad");
  const inner = graph.nodes.slice(1, -1);
  const hasWeights = inner.some(({ parameters }) => parameters > 0);
  const rows = inner
    .map((node, i) => ({ node, i }))
    .filter(({ node }) => !hasWeights || node.parameters > 0)
    .slice(0, most);
  const cells = rows.map(() => kinds.map(cellOf));
  const head = el(
    "tr",
    {},
    el("th", { scope: "col" }, "layer"),
    ...kinds.map((kind) => el("th", { scope: "col" }, titles[kind])),
  );
  const lines = rows.map(({ node }, r) =>
    el(
      "tr",
      {},
      el("th", { scope: "row", class: "layer", title: node.label }, node.id),
      ...cells[r]!.map(({ root }) => el("td", {}, root)),
    ),
  );
  base.body.append(
    el(
      "div",
      { class: "scroll" },
      el("table", { class: "histograms" }, el("thead", {}, head), el("tbody", {}, ...lines)),
    ),
    el("p", { class: "note" }, "Heights are square roots of counts, so that tails can be seen."),
  );
  return {
    ...base,
    draw: (layers) => {
      rows.forEach(({ i }, r) => {
        kinds.forEach((kind, k) => {
          cells[r]![k]!.draw(layers[i]?.[kind]);
        });
      });
    },
  };
};

const cellOf = (kind: (typeof kinds)[number]) => {
  const path = svgEl("path", { class: `bars ${kind}` });
  const zero = svgEl("path", { class: "zero" });
  const drawing = svgEl(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", role: "img" },
    path,
    zero,
  );
  const from = el("span");
  const to = el("span");
  const root = el("div", { class: "histogram" }, drawing, el("div", { class: "range" }, from, to));
  return {
    root,
    draw: (bins: Histogram | undefined): void => {
      if (!bins) return;
      const tallest = Math.sqrt(Math.max(...bins.counts));
      const wide = width / bins.counts.length;
      path.setAttribute(
        "d",
        bins.counts
          .map((n, i) => {
            const h = (height * Math.sqrt(n)) / tallest;
            return n === 0 ? "" : `M${i * wide} ${height}v${-h.toFixed(1)}h${wide - 0.5}v${h.toFixed(1)}z`;
          })
          .join(""),
      );
      const at = (-bins.low / (bins.high - bins.low)) * width;
      zero.setAttribute("d", at > 0 && at < width ? `M${at.toFixed(1)} 0V${height}` : "");
      from.textContent = format(bins.low, 2);
      to.textContent = format(bins.high, 2);
      drawing.setAttribute("aria-label", `${titles[kind]} from ${format(bins.low)} to ${format(bins.high)}`);
    },
  };
};
