import { elementwise } from "./elementwise.ts";
import type { Layer } from "./layer.ts";

/** x / (1 + |x|) (Turian et al., 2009). */
export const softsign = (): Layer =>
  elementwise(
    "softsign()",
    (x) => x / (1 + Math.abs(x)),
    (x) => 1 / (1 + Math.abs(x)) ** 2,
  );
