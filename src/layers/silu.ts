import { logistic } from "../math/functions.ts";
import { elementwise } from "./elementwise.ts";
import type { Layer } from "./layer.ts";

/** x · sigmoid(x), also called swish (Elfwing et al., 2017). */
export const silu = (): Layer =>
  elementwise(
    "silu()",
    (x) => x * logistic(x),
    (x, y) => y + logistic(x) * (1 - y),
  );
