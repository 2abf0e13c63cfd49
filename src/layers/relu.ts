import { elementwise } from "./elementwise.ts";
import type { Layer } from "./layer.ts";

/** max(x, 0) (Nair & Hinton, 2010); the derivative at 0 is 0. */
export const relu = (): Layer =>
  elementwise(
    "relu()",
    (x) => Math.max(x, 0),
    (x) => (x > 0 ? 1 : 0),
  );
