import { format } from "./format.ts";

/** A line as it is drawn. */
export interface DrawnLine {
  readonly name: string;
  readonly color: string;
  /** Drawn and left out, in pixels; a line without gaps has none. */
  readonly dash: readonly number[] | undefined;
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

const width = 800;
const [left, right, top, bottom] = [70, 780, 40, 310];
/** The base line of the first row of names, and how far the next is below. */
const [legendTop, rowHeight] = [348, 20];

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
    ({ color, dash, values }) =>
      `<path d="${path(values)}" fill="none" stroke="${color}" stroke-width="2"${dashed(dash)}/>`,
  );
  const alarms = marks
    .filter((at) => at >= x0 && at <= x1)
    .map((at) => `<path d="M${px(at)} ${top}V${bottom}" stroke="#d0342c" stroke-dasharray="3 3"/>`);
  const places = legendPlaces(lines);
  const legend = lines.map(({ name, color, dash }, i) => {
    const { x, row } = places[i]!;
    const y = legendTop + row * rowHeight;
    return `<path d="M${x} ${y - 4}h18" stroke="${color}" stroke-width="3"${dashed(dash)}/><text x="${x + 24}" y="${y}">${escaped(name)}</text>`;
  });
  const height = legendTop + (places.at(-1)?.row ?? 0) * rowHeight + 12;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="${ink}"><rect width="${width}" height="${height}" fill="${paper}"/><text x="${left}" y="24" font-size="15" font-weight="600">${escaped(title)}</text>${[...grid, ...ticks, ...alarms, ...drawn, ...legend].join("")}</svg>\n`;
};

/** Where the names of the lines stand: one behind the other, and in a new row where there is no more room. */
const legendPlaces = (
  lines: readonly DrawnLine[],
): readonly { readonly x: number; readonly row: number }[] => {
  let [x, row] = [left, 0];
  return lines.map(({ name }) => {
    const wide = 44 + 7 * name.length; // letters of 12 px are about 7 px wide
    if (x > left && x + wide > width) [x, row] = [left, row + 1];
    const place = { x, row };
    x += wide;
    return place;
  });
};

const dashed = (dash: readonly number[] | undefined): string =>
  dash ? ` stroke-dasharray="${dash.join(" ")}"` : "";

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
