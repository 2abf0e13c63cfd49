import type { Outcomes } from "../pageMessage.ts";
import { el, svgEl } from "./el.ts";
import { plotFrame } from "./plotFrame.ts";

const bins = 20;

/** Two classes: how the scores of each are spread. */
export const classScores = (pairs: Outcomes["pairs"]): readonly Node[] => {
  const said = pairs.map(([, prediction]) => prediction);
  const isProbability = said.every((p) => p >= 0 && p <= 1);
  const from = isProbability ? 0 : Math.min(...said);
  const to = isProbability ? 1 : Math.max(...said);
  const counts = [new Array<number>(bins).fill(0), new Array<number>(bins).fill(0)] as const;
  for (const [target, prediction] of pairs) {
    const bin = Math.min(bins - 1, Math.floor(((prediction - from) / (to - from || 1)) * bins));
    counts[target === 1 ? 1 : 0][bin]!++;
  }
  const totals = counts.map((own) => own.reduce((sum, n) => sum + n, 0));
  const shares = counts.map((own, k) => own.map((n) => n / (totals[k] || 1)));
  const tallest = Math.max(...shares.flat());
  const { px, py, drawing } = plotFrame(
    [from, to],
    [0, tallest],
    isProbability ? "predicted probability" : "predicted score",
    "share of its class",
  );
  const outline = (own: readonly number[]): string =>
    `${own
      .map((share, i) => {
        const [a, b] = [px(from + (i / bins) * (to - from)), px(from + ((i + 1) / bins) * (to - from))];
        return `${i === 0 ? `M${a} ${py(0)}` : ""}L${a} ${py(share)}L${b} ${py(share)}`;
      })
      .join("")}L${px(to)} ${py(0)}z`;
  const parts = shares.map((own, k) => svgEl("path", { class: `score class${k}`, d: outline(own) }));
  const legend = el(
    "p",
    { class: "note" },
    el("i", { class: "swatch class0" }),
    `label ${pairs.some(([target]) => target === -1) ? -1 : 0}: ${totals[0]} `,
    el("i", { class: "swatch class1" }),
    `label 1: ${totals[1]}`,
  );
  return [drawing("Predicted scores by label", ...parts), legend];
};
