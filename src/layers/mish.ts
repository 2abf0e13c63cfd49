import { logistic, softplusOf } from "../math/functions.ts";
import { elementwise } from "./elementwise.ts";
import type { Layer } from "./layer.ts";

/** x · tanh(softplus(x)) (Misra, 2019). */
export const mish = (): Layer =>
  elementwise(
    "mish()",
    (x) => x * Math.tanh(softplusOf(x)),
    (x) => {
      const t = Math.tanh(softplusOf(x));
      return t + x * (1 - t * t) * logistic(x);
    },
  );
