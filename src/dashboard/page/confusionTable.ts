import type { Outcomes } from "../pageMessage.ts";
import { el } from "./el.ts";

/** More classes share the last row and column. */
const mostClasses = 10;

/** Several classes: how often which was taken for which. */
export const confusionTable = (pairs: Outcomes["pairs"], classes: number): readonly Node[] => {
  const folded = classes > mostClasses;
  const n = folded ? mostClasses : classes;
  const counts = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  for (const [target, prediction] of pairs) {
    const row = counts[Math.min(n - 1, target)];
    const column = Math.min(n - 1, prediction);
    if (row?.[column] !== undefined) row[column]++;
  }
  const nameOf = (i: number): string => (folded && i === n - 1 ? `≥${i}` : String(i));
  const names = Array.from({ length: n }, (_, i) => nameOf(i));
  const head = el(
    "tr",
    {},
    el("th", { scope: "col" }, "label ↓ predicted →"),
    ...names.map((name) => el("th", { scope: "col" }, name)),
  );
  const rows = counts.map((row, i) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, names[i]!),
      ...row.map((count, j) => {
        const cell = el("td", { class: count === 0 ? "none" : i === j ? "right" : "wrong" }, String(count));
        cell.style.setProperty("--share", `${Math.round((100 * count) / (total || 1))}%`);
        return cell;
      }),
    );
  });
  return [
    el(
      "div",
      { class: "scroll" },
      el("table", { class: "confusion" }, el("thead", {}, head), el("tbody", {}, ...rows)),
    ),
  ];
};
