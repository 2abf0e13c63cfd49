import { invalid, knownOptions } from "../math/invalid.ts";
import { elementwiseLoss, type Loss } from "./loss.ts";

export interface HuberOptions {
  /** Where the parabola turns into a line. */
  readonly delta?: number;
}

/**
 * ½d² while |d| < δ, and δ·(|d| − ½δ) beyond, with d = p − t, the mean over columns: a squared error that outliers pull
 * on with no more than δ (Huber, 1964).
 * @throws InvalidInputError when delta is not above 0.
 */
export const huber = (options: HuberOptions = {}): Loss => {
  knownOptions("huber()", options, ["delta"]);
  const { delta: δ = 1 } = options;
  const source = `huber({ delta: ${δ} })`;
  if (!(Number.isFinite(δ) && δ > 0)) throw invalid(source, "a number above 0 as delta", String(δ));
  return elementwiseLoss({
    source,
    formula: ["huber", δ],
    f: (p, t) => {
      const d = Math.abs(p - t);
      return d < δ ? 0.5 * d * d : δ * (d - 0.5 * δ);
    },
    df: (p, t) => Math.max(-δ, Math.min(δ, p - t)),
  });
};
