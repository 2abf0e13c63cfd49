import { elementwiseLoss, type Loss } from "./loss.ts";

/** ln cosh(p − t), the mean over columns: ½d² near the target and |d| − ln 2 far from it, smooth everywhere. */
export const logCosh = (): Loss =>
  elementwiseLoss({
    source: "logCosh()",
    formula: ["logCosh"],
    f: (p, t) => {
      const d = Math.abs(p - t);
      return d + Math.log1p(Math.exp(-2 * d)) - Math.LN2; // cosh itself overflows at 711
    },
    df: (p, t) => Math.tanh(p - t),
  });
