import { finite } from "../math/invalid.ts";
import { elementwise } from "./elementwise.ts";
import type { Layer } from "./layer.ts";

/** x above 0, α(eˣ − 1) below (Clevert et al., 2016). */
export const elu = (alpha = 1): Layer =>
  elementwise(
    `elu(${finite("elu()", "alpha", alpha, { min: 0 })})`,
    (x) => (x > 0 ? x : alpha * Math.expm1(x)),
    (x, y) => (x > 0 ? 1 : y + alpha),
  );
