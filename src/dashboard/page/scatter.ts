import type { Outcomes } from "../pageMessage.ts";
import { svgEl } from "./el.ts";
import { plotFrame } from "./plotFrame.ts";

/** Numbers: a point for each, on the diagonal when they were right. */
export const scatter = (pairs: Outcomes["pairs"]): readonly Node[] => {
  const all = pairs.flat();
  const range = [Math.min(...all), Math.max(...all)] as const;
  const { px, py, drawing } = plotFrame(range, range, "label", "prediction");
  const diagonal = svgEl("path", {
    class: "diagonal",
    d: `M${px(range[0])} ${py(range[0])}L${px(range[1])} ${py(range[1])}`,
  });
  const points = svgEl("path", {
    class: "points",
    d: pairs
      .map(([target, prediction]) => `M${px(target).toFixed(1)} ${py(prediction).toFixed(1)}h0`)
      .join(""),
  });
  return [drawing(`${pairs.length} predictions against their labels`, diagonal, points)];
};
