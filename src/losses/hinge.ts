import { elementwiseLoss, type Loss } from "./loss.ts";

/**
 * max(0, 1 − t·p) for targets −1 and 1, the mean over columns: the loss of support vector machines. A target of 0 means
 * −1, so that labels 0 and 1 may be used as they are. At the kink its gradient is 0.
 */
export const hinge = (): Loss =>
  elementwiseLoss({
    source: "hinge()",
    formula: ["hinge"],
    f: (p, t) => Math.max(0, 1 - sideOf(t) * p),
    df: (p, t) => (sideOf(t) * p < 1 ? -sideOf(t) : 0),
    target: { is: "-1 or 1 (or 0, for -1)", test: (t) => t === -1 || t === 0 || t === 1 },
  });

const sideOf = (t: number): number => (t === 0 ? -1 : t);
