import { elementwise } from "./elementwise.ts";
import type { Layer } from "./layer.ts";

/** clip(x/6 + 0.5, 0, 1) (Courbariaux et al., 2015; Keras 3 and PyTorch). */
export const hardSigmoid = (): Layer =>
  elementwise(
    "hardSigmoid()",
    (x) => Math.min(Math.max(x / 6 + 0.5, 0), 1),
    (x) => (x > -3 && x < 3 ? 1 / 6 : 0),
  );
