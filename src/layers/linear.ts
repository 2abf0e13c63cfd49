import { elementwise } from "./elementwise.ts";
import type { Layer } from "./layer.ts";

/** x: what goes in comes out. */
export const linear = (): Layer =>
  elementwise(
    "linear()",
    (x) => x,
    () => 1,
  );
