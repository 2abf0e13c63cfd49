import { elementwiseLoss, type Loss } from "./loss.ts";

/** (p − t)², the mean over columns; its minimiser is the mean of the targets. */
export const meanSquaredError = (): Loss =>
  elementwiseLoss({
    source: "meanSquaredError()",
    formula: ["meanSquaredError"],
    f: (p, t) => (p - t) ** 2,
    df: (p, t) => 2 * (p - t),
  });
