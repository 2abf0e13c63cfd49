import { whole } from "../math/invalid.ts";
import { columns } from "./columns.ts";
import { defineLayer, fixedWidth, type Layer } from "./layer.ts";

/** The last of the steps of each row: n × (steps·width) becomes n × width. */
export const lastStep = (steps: number, width: number): Layer => {
  const source = `lastStep(${steps}, ${width})`;
  whole(source, "steps", steps);
  whole(source, "width", width);
  return defineLayer({
    source,
    ...fixedWidth(source, steps * width, width),
    plan: columns((steps - 1) * width, steps * width).plan,
  });
};
