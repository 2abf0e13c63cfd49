import { finite } from "../math/invalid.ts";
import { elementwise } from "./elementwise.ts";
import type { Layer } from "./layer.ts";

/** x above 0, slope · x below (Maas et al., 2013). */
export const leakyRelu = (slope = 0.01): Layer =>
  elementwise(
    `leakyRelu(${finite("leakyRelu()", "slope", slope)})`,
    (x) => (x > 0 ? x : slope * x),
    (x) => (x > 0 ? 1 : slope),
  );
