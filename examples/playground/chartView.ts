import { svgEl } from "../../src/dashboard/page/el.ts";
import { type History, type Moment, placeOf } from "./history.ts";
import { linePath } from "./linePath.ts";

const [width, height] = [600, 110];

/** One line over the last moments, with marks where the truth changed and where the detector noticed. */
export const chartView = (host: HTMLElement, what: string, readingOf: (moment: Moment) => number) => {
  const line = svgEl("path", { class: "line" });
  const area = svgEl("path", { class: "area" });
  const marks = svgEl("g");
  const halves = [0, 0.5, 1].map((f) => svgEl("path", { class: "rule", d: `M0 ${f * height}H${width}` }));
  const svg = svgEl(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", role: "img", "aria-label": what },
    ...halves,
    area,
    marks,
    line,
  );
  host.append(svg);
  let shown = "";
  return ({ moments, marks: all }: History, most: number): void => {
    const d = linePath(moments.map(readingOf), width, height, 0, most);
    line.setAttribute("d", d);
    area.setAttribute("d", d.startsWith("M0") ? `${d}V${height}H0Z` : "");
    const places = all.map(({ at, kind }) => [kind, (placeOf(moments, at) * width).toFixed(1)] as const);
    const key = places.join();
    if (key === shown) return;
    shown = key;
    marks.replaceChildren(
      ...places.map(([kind, x]) => svgEl("path", { class: `mark ${kind}`, d: `M${x} 0V${height}` })),
    );
  };
};
