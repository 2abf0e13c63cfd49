/** A line of a plot: points from left to right. */
export interface Curve {
  readonly label: string;
  readonly points: readonly (readonly [number, number])[];
}

const width = 760;
const height = 500;
const [left, right, top, bottom] = [80, 150, 50, 60];
const colours = ["#4477aa", "#66ccee", "#228833", "#b59a1c", "#ee6677", "#aa3377"]; // Tol's bright ones, told apart by the colour-blind

/** Curves over two logarithmic axes, as an SVG that brings its own white ground. */
export const plot = (
  curves: readonly Curve[],
  {
    title,
    x,
    y,
    ideal,
  }: { readonly title: string; readonly x: string; readonly y: string; readonly ideal: Curve },
): string => {
  const all = [...curves, ideal].flatMap(({ points }) => points);
  const decades = (axis: 0 | 1): readonly number[] => {
    const most = Math.ceil(Math.log10(Math.max(...all.map((point) => point[axis]))) - 1e-9);
    return Array.from({ length: most + 1 }, (_, i) => 10 ** i);
  };
  const place = (axis: 0 | 1, from: number, to: number): ((value: number) => number) => {
    const top = Math.log10(decades(axis).at(-1)!);
    return (value) => from + ((to - from) * Math.log10(Math.max(value, 1))) / top;
  };
  const px = place(0, left, width - right);
  const py = place(1, height - bottom, top);
  const path = (points: Curve["points"]): string =>
    points.map(([a, b], i) => `${i === 0 ? "M" : "L"}${px(a).toFixed(1)} ${py(b).toFixed(1)}`).join("");
  const told: number[] = [];
  /** Labels stand at the ends of their lines, and keep apart. */
  const labelAt = (at: number): number => {
    let y = at;
    while (told.some((other) => Math.abs(other - y) < 15)) y += 1;
    told.push(y);
    return y;
  };
  const lines = [...curves]
    .map((curve, i) => ({ ...curve, colour: colours[i % colours.length]! }))
    .sort((a, b) => b.points.at(-1)![1] - a.points.at(-1)![1])
    .map(({ label, points, colour }) => {
      const [a, b] = points.at(-1)!;
      const at = labelAt(py(b));
      return [
        `<path d="${path(points)}" fill="none" stroke="${colour}" stroke-width="2.5"/>`,
        ...points.map(
          ([a, b]) => `<circle cx="${px(a).toFixed(1)}" cy="${py(b).toFixed(1)}" r="3" fill="${colour}"/>`,
        ),
        `<text x="${px(a) + 10}" y="${(at + 4).toFixed(1)}" fill="${colour}">${label}</text>`,
      ].join("\n");
    });
  const grid = [
    ...decades(0).map((d) => {
      const at = px(d).toFixed(1);
      return `<path d="M${at} ${top}V${height - bottom}" stroke="#ddd"/><text x="${at}" y="${height - bottom + 20}" text-anchor="middle">${d.toLocaleString("en")}</text>`;
    }),
    ...decades(1).map((d) => {
      const at = py(d).toFixed(1);
      return `<path d="M${left} ${at}H${width - right}" stroke="#ddd"/><text x="${left - 8}" y="${(py(d) + 4).toFixed(1)}" text-anchor="end">${d.toLocaleString("en")}</text>`;
    }),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13" fill="#333">
<title>${title}</title>
<rect width="${width}" height="${height}" fill="#fff"/>
<text x="${left}" y="28" font-size="16">${title}</text>
${grid.join("\n")}
<path d="${path(ideal.points)}" fill="none" stroke="#888" stroke-dasharray="5 5"/>
<text x="${px(ideal.points.at(-1)![0]) + 10}" y="${labelAt(py(ideal.points.at(-1)![1])) + 4}" fill="#666">${ideal.label}</text>
${lines.join("\n")}
<text x="${(left + width - right) / 2}" y="${height - 14}" text-anchor="middle">${x}</text>
<text transform="translate(22 ${(top + height - bottom) / 2}) rotate(-90)" text-anchor="middle">${y}</text>
</svg>
`;
};
