import { format } from "./format.ts";

/** A line as it is drawn. */
export interface DrawnLine {
  readonly name: string;
  readonly color: string;
  readonly dashed: boolean;
  readonly values: readonly (number | null)[];
}

export interface ChartPicture {
  readonly title: string;
  readonly x: readonly (number | null)[];
  /** What stands under the axis. */
  readonly labelOf: (x: number) => string;
  readonly lines: readonly DrawnLine[];
  /** Positions on the axis. */
  readonly marks: readonly number[];
  readonly ink: string;
  readonly paper: string;
}

const [width, height] = [800, 360];
const [left, right, top, bottom] = [70, 780, 40, 310];

/** A chart as a picture that scales, complete in itself. */
export const chartSvg = ({ title, x, labelOf, lines, marks, ink, paper }: ChartPicture): string => {
  const [x0, x1] = rangeOf(x);
  const [y0, y1] = rangeOf(lines.flatMap(({ values }) => values));
  const px = (v: number): string => (left + ((v - x0) / (x1 - x0)) * (right - left)).toFixed(1);
  const py = (v: number): string => (bottom - ((v - y0) / (y1 - y0)) * (bottom - top)).toFixed(1);
  const path = (values: readonly (number | null)[]): string =>
    values
      .flatMap((v, i) => (v === null || x[i] == null ? [] : [`${px(x[i]!)} ${py(v)}`]))
      .map((point, i) => `${i === 0 ? "M" : "L"}${point}`)
      .join("");
  const fifths = [0, 0.25, 0.5, 0.75, 1];
  const grid = fifths.map((f) => {
    const v = y0 + f * (y1 - y0);
    return `<path d="M${left} ${py(v)}H${right}" stroke="${ink}" stroke-opacity=".15"/><text x="${left - 8}" y="${py(v)}" dy=".35em" text-anchor="end">${escaped(format(v))}</text>`;
  });
  const ticks = fifths.map((f) => {
    const v = x0 + f * (x1 - x0);
    return `<text x="${px(v)}" y="${bottom + 18}" text-anchor="middle">${escaped(labelOf(v))}</text>`;
  });
  const drawn = lines.map(
    ({ color, dashed, values }) =>
      `<path d="${path(values)}" fill="none" stroke="${color}" stroke-width="2"${dashed ? ' stroke-dasharray="5 4"' : ""}/>`,
  );
  const alarms = marks
    .filter((at) => at >= x0 && at <= x1)
    .map((at) => `<path d="M${px(at)} ${top}V${bottom}" stroke="#d0342c" stroke-dasharray="3 3"/>`);
  const legend = lines.map(
    ({ name, color }, i) =>
      `<rect x="${left + i * 140}" y="${height - 18}" width="12" height="3" fill="${color}"/><text x="${left + i * 140 + 18}" y="${height - 12}">${escaped(name)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="${ink}"><rect width="${width}" height="${height}" fill="${paper}"/><text x="${left}" y="24" font-size="15" font-weight="600">${escaped(title)}</text>${[...grid, ...ticks, ...alarms, ...drawn, ...legend].join("")}</svg>\n`;
};

const rangeOf = (values: readonly (number | null)[]): readonly [number, number] => {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const v of values) {
    if (v === null) continue;
    from = Math.min(from, v);
    to = Math.max(to, v);
  }
  if (from > to) return [0, 1];
  return from === to ? [from - 0.5, to + 0.5] : [from, to];
};

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`).replace(/[^\P{Cc}\t\n]/gu, "");
