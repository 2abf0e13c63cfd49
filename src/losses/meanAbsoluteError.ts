import { elementwiseLoss, type Loss } from "./loss.ts";

/** |p − t|, the mean over columns; its minimiser is the median of the targets. At p = t its gradient is 0. */
export const meanAbsoluteError = (): Loss =>
  elementwiseLoss({
    source: "meanAbsoluteError()",
    formula: ["meanAbsoluteError"],
    f: (p, t) => Math.abs(p - t),
    df: (p, t) => Math.sign(p - t),
  });
