import { svgEl } from "./el.ts";
import { format } from "./format.ts";

/** Two axes: what goes where between them, and the drawing with what is drawn. */
export interface PlotFrame {
  px(x: number): number;
  py(y: number): number;
  drawing(what: string, ...parts: readonly SVGElement[]): SVGSVGElement;
}

const [width, height] = [400, 240];
const inset = { left: 60, right: 12, top: 10, bottom: 38 };

export const plotFrame = (
  x: readonly [number, number],
  y: readonly [number, number],
  xName: string,
  yName: string,
): PlotFrame => {
  const px = (v: number): number =>
    inset.left + ((v - x[0]) / (x[1] - x[0] || 1)) * (width - inset.left - inset.right);
  const py = (v: number): number =>
    height - inset.bottom - ((v - y[0]) / (y[1] - y[0] || 1)) * (height - inset.top - inset.bottom);
  const thirds = [0, 0.5, 1];
  const text = (at: { x: number; y: number }, anchor: string, what: string) =>
    svgEl("text", { ...at, "text-anchor": anchor }, what);
  const axes = thirds.flatMap((f) => {
    const [vx, vy] = [x[0] + f * (x[1] - x[0]), y[0] + f * (y[1] - y[0])];
    return [
      svgEl("path", { class: "grid", d: `M${inset.left} ${py(vy)}H${width - inset.right}` }),
      text({ x: inset.left - 6, y: py(vy) + 4 }, "end", format(vy, 3)),
      text(
        { x: px(vx), y: height - inset.bottom + 15 },
        f === 0 ? "start" : f === 1 ? "end" : "middle",
        format(vx, 3),
      ),
    ];
  });
  const names = [
    text({ x: (inset.left + width - inset.right) / 2, y: height - 5 }, "middle", xName),
    svgEl(
      "text",
      {
        x: -(inset.top + height - inset.bottom) / 2,
        y: 11,
        transform: "rotate(-90)",
        "text-anchor": "middle",
      },
      yName,
    ),
  ];
  return {
    px,
    py,
    drawing: (what: string, ...parts: readonly SVGElement[]) =>
      svgEl(
        "svg",
        { class: "outcomes", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": what },
        ...axes,
        ...names,
        ...parts,
      ),
  };
};
