// Long because it says in one place all that is particular about uPlot.
/*! uPlot, which draws the charts: The MIT License (MIT)

Copyright (c) 2022 Leon Sorokin

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files
(the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge,
publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so,
subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE
FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION
WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE. */
import uPlot from "uplot";
import type { Board, Chart } from "./board.ts";
import { card } from "./card.ts";
import { chartSvg } from "./chartSvg.ts";
import { csv } from "./csv.ts";
import { download } from "./download.ts";
import { el } from "./el.ts";
import { format, formatAxisTime, formatTime } from "./format.ts";
import type { Theme } from "./theme.ts";

/** What the axis under all charts counts. */
export type Axis = "time" | "step";

/** A chart on the page. */
export interface ChartCard {
  readonly root: HTMLElement;
  draw(board: Board, axis: Axis): void;
  /** Takes the colors anew. */
  repaint(): void;
  destroy(): void;
}

const least = { width: 120, height: 190 };
const colors = 8;
/** Seconds from one label of the axis to the next. */
const strides = [
  1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800,
  604_800, 2_592_000,
];
/** How many colors there are for baselines, which are quieter. */
const quiets = 3;
/** Drawn and left out, in pixels. */
const dashes = [
  [6, 3],
  [2, 3],
  [10, 3],
];

export const chartCard = (chart: Chart, theme: Theme): ChartCard => {
  const { title, lines } = chart;
  const hidden = new Set<string>();
  let plot: uPlot | undefined;
  let names: readonly string[] = [];
  let drawn: { readonly board: Board; readonly axis: Axis } | undefined;
  let zoomed = false;

  /** Whatever stands beside the model's line. */
  const isBaseline = (name: string): boolean => name !== "model" && names.includes("model");
  const colorOf = (name: string, i: number): string =>
    isBaseline(name) ? `b${names.filter(isBaseline).indexOf(name) % quiets}` : `c${i % colors}`;
  /** Baselines are dashed, each in its own way: their colors alone are hard to tell apart. */
  const dashOf = (name: string): readonly number[] | undefined =>
    isBaseline(name) ? dashes[names.filter(isBaseline).indexOf(name) % quiets] : undefined;
  const xOf = ({ board, axis }: NonNullable<typeof drawn>): readonly (number | null)[] =>
    axis === "time" ? board.time.mean.map((t) => (t === null ? null : t / 1000)) : board.step.mean;
  const markAt = (axis: Axis) => (axis === "time" ? "time" : "step");

  const { root, body, now } = card(title, {
    SVG: () => {
      if (!drawn) return;
      const { board, axis } = drawn;
      const shown = names.map((name, i) => [name, i] as const).filter(([name]) => !hidden.has(name));
      const picture = chartSvg({
        title,
        x: xOf(drawn),
        labelOf: axis === "time" ? (x) => formatTime(1000 * x) : (x) => format(x),
        lines: shown.map(([name, i]) => ({
          name,
          color: theme.color(colorOf(name, i)),
          dash: dashOf(name),
          values: lines.get(name)!.mean,
        })),
        marks: board.marks.map((mark) => mark[markAt(axis)] / (axis === "time" ? 1000 : 1)),
        ink: theme.color("ink"),
        paper: theme.color("card"),
      });
      download(title, "image/svg+xml", picture);
    },
    CSV: () => {
      if (drawn) download(title, "text/csv", csv(drawn.board.time, drawn.board.step, [...lines]));
    },
  });
  const place = el("div", { class: "plot", tabindex: 0, role: "img", "aria-label": title });
  const legend = el("div", { class: "legend" });
  body.append(place, legend);
  let values: HTMLElement[] = [];
  const sizeNow = () => ({
    width: Math.max(least.width, place.clientWidth),
    height: Math.max(least.height, place.clientHeight),
  });

  const marksPlugin = (u: uPlot): void => {
    if (!drawn) return;
    const { board, axis } = drawn;
    const { left, top, width, height } = u.bbox;
    u.ctx.save();
    u.ctx.strokeStyle = theme.color("mark");
    u.ctx.fillStyle = theme.color("mark");
    u.ctx.lineWidth = devicePixelRatio;
    u.ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
    for (const mark of board.marks) {
      const x = Math.round(u.valToPos(axis === "time" ? mark.time / 1000 : mark.step, "x", true));
      if (x < left || x > left + width) continue;
      u.ctx.beginPath();
      u.ctx.moveTo(x, top);
      u.ctx.lineTo(x, top + height);
      u.ctx.stroke();
      const s = 4 * devicePixelRatio;
      u.ctx.beginPath();
      u.ctx.moveTo(x - s, top);
      u.ctx.lineTo(x + s, top);
      u.ctx.lineTo(x, top + 1.5 * s);
      u.ctx.fill();
    }
    u.ctx.restore();
  };

  /** What the lines are at a position, or at the last that has them. */
  const tellValues = (idx: number | null | undefined): void => {
    names.forEach((name, i) => {
      const { mean } = lines.get(name)!;
      values[i]!.textContent = format(idx == null ? lastOf(mean) : mean[idx]);
    });
  };

  const build = (axis: Axis): void => {
    plot?.destroy();
    names = [...lines.keys()];
    zoomed = false;
    const axisStyle = {
      stroke: () => theme.color("soft"),
      font: "11px system-ui, sans-serif",
      grid: { stroke: () => theme.color("grid"), width: 1 },
      ticks: { show: false },
    };
    const hue = (i: number) => () => theme.color(colorOf(names[i]!, i));
    plot = new uPlot(
      {
        ...sizeNow(),
        legend: { show: false },
        cursor: {
          sync: { key: "rxgrad" },
          drag: { x: true, y: false },
          points: { size: 6 },
        },
        scales: { x: { time: axis === "time" } },
        padding: [8, 26, 0, 0],
        axes: [
          {
            ...axisStyle,
            size: 26,
            space: 76,
            ...(axis === "time" ? { incrs: strides } : {}),
            values: (_, splits, __, ___, step) => {
              const range = splits[splits.length - 1]! - splits[0]!;
              return splits.map((x) => (axis === "step" ? format(x) : formatAxisTime(x, step, range)));
            },
          },
          { ...axisStyle, size: 56, space: 34, values: (_, splits) => splits.map((y) => format(y)) },
        ],
        series: [
          {},
          ...names.flatMap((name, i): uPlot.Series[] => {
            const quiet = { stroke: "transparent", width: 0, points: { show: false }, spanGaps: true };
            const dash = dashOf(name);
            return [
              {
                label: name,
                stroke: hue(i),
                width: 1.75,
                spanGaps: true,
                show: !hidden.has(name),
                points: { show: (u: uPlot) => u.data[0].length < 3 },
                ...(dash ? { dash: [...dash] } : {}),
              },
              { ...quiet, show: !hidden.has(name) },
              { ...quiet, show: !hidden.has(name) },
            ];
          }),
        ],
        bands: names.map((_, i) => ({
          series: [3 * i + 3, 3 * i + 2] as [number, number],
          fill: () => theme.color(`${colorOf(names[i]!, i)}-band`),
        })),
        hooks: {
          draw: [marksPlugin],
          setSelect: [
            (u) => {
              if (u.select.width > 0) zoomed = true;
            },
          ],
          setCursor: [(u) => tellValues(u.cursor.idx)],
        },
      },
      [[]],
      place,
    );
    plot.over.addEventListener("dblclick", () => {
      zoomed = false;
    });
    values = names.map(() => el("b"));
    legend.replaceChildren(
      ...names.map((name, i) => {
        const swatch = el("i", { class: "swatch" });
        const [on = 1, off = 0] = dashOf(name) ?? [];
        swatch.style.background = `repeating-linear-gradient(to right, var(--${colorOf(name, i)}) 0 ${on}px, transparent 0 ${on + off}px)`;
        const button = el(
          "button",
          { type: "button", "aria-pressed": String(!hidden.has(name)) },
          swatch,
          el("span", { class: "line" }, name),
          " ",
          values[i]!,
        );
        button.addEventListener("click", () => {
          if (!hidden.delete(name)) hidden.add(name);
          const show = !hidden.has(name);
          button.setAttribute("aria-pressed", String(show));
          for (const j of [1, 2, 3]) plot!.setSeries(3 * i + j, { show });
        });
        return button;
      }),
    );
  };

  place.addEventListener("keydown", (event) => {
    if (!plot || !drawn) return;
    const { left = -10 } = plot.cursor;
    const width = plot.over.clientWidth;
    const stride = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const zoom = { "+": 0.5, "-": 2 }[event.key];
    const { min, max } = plot.scales.x!;
    if (stride !== undefined) {
      const from = left < 0 ? width : left;
      plot.setCursor({ left: Math.min(width, Math.max(0, from + (stride * width) / 50)), top: 10 });
    } else if (zoom !== undefined && min != null && max != null) {
      const middle = plot.posToVal(left < 0 ? width / 2 : left, "x");
      zoomed = true;
      plot.setScale("x", { min: middle - ((max - min) * zoom) / 2, max: middle + ((max - min) * zoom) / 2 });
    } else if (event.key === "0" || event.key === "Escape") {
      zoomed = false;
      plot.setData(plot.data, true);
    } else return;
    event.preventDefault();
  });
  const resizing = new ResizeObserver(() => {
    const { width, height } = sizeNow();
    if (plot && (plot.width !== width || plot.height !== height)) plot.setSize({ width, height });
  });
  resizing.observe(place);

  return {
    root,
    draw: (board, axis) => {
      const isNew = names.length !== lines.size || drawn?.axis !== axis || !plot;
      drawn = { board, axis };
      if (isNew) build(axis);
      const data = [
        xOf(drawn),
        ...names.flatMap((name) => {
          const { mean, min, max } = lines.get(name)!;
          return [mean, min, max];
        }),
      ];
      plot!.setData(data as uPlot.AlignedData, !zoomed);
      if (zoomed) plot!.redraw();
      const at = plot!.cursor.left ?? -1;
      tellValues(at >= 0 ? plot!.cursor.idx : undefined);
      const first = names[0] ? lastOf(lines.get(names[0])!.mean) : undefined;
      now.textContent = names.length === 1 ? format(first) : "";
      legend.hidden = names.length < 2;
      place.setAttribute(
        "aria-label",
        `${title}, now ${names.map((name) => `${name} ${format(lastOf(lines.get(name)!.mean))}`).join(", ")}`,
      );
    },
    repaint: () => plot?.redraw(false),
    destroy: () => {
      resizing.disconnect();
      plot?.destroy();
      root.remove();
    },
  };
};

/** The last number that there is. */
const lastOf = (values: readonly (number | null)[]): number | undefined => {
  for (let i = values.length - 1; i >= 0; i--) if (values[i] != null) return values[i]!;
  return undefined;
};
