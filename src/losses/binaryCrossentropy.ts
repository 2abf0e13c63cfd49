import { logistic, softplusOf } from "../math/functions.ts";
import { finite, knownOptions } from "../math/invalid.ts";
import { elementwiseLoss, type Loss } from "./loss.ts";
import { clampedLog, leastProbability, probability } from "./probability.ts";

export interface CrossentropyOptions {
  /** The prediction is a logit, not yet a probability: the last layer has no activation. */
  readonly fromLogits?: boolean;
  /** How much of the truth is spread evenly over the classes, from 0 to 1 (Szegedy et al., 2016). */
  readonly labelSmoothing?: number;
}

/**
 * −t·ln p − (1 − t)·ln(1 − p) for targets from 0 to 1, each column a question of its own; the mean over columns. With
 * logits p = 1 / (1 + e⁻ᶻ), and the gradient is p − t. Smoothing turns t into (1 − s)·t + s/2. From probabilities the
 * logarithm and the gradient are bounded as in PyTorch's BCELoss.
 * @throws InvalidInputError when labelSmoothing is outside [0, 1].
 * @throws Error later, for a prediction that is no probability.
 */
export const binaryCrossentropy = (options: CrossentropyOptions = {}): Loss => {
  knownOptions("binaryCrossentropy()", options, ["fromLogits", "labelSmoothing"]);
  const { fromLogits = false, labelSmoothing: s = 0 } = options;
  const source = `binaryCrossentropy({ fromLogits: ${fromLogits}, labelSmoothing: ${s} })`;
  finite(source, "labelSmoothing", s, { min: 0, max: 1 });
  const smooth = (t: number) => (1 - s) * t + s / 2;
  return elementwiseLoss({
    source,
    formula: [fromLogits ? "binaryCrossentropy of logits" : "binaryCrossentropy", s],
    target: { is: "from 0 to 1", test: (t) => t >= 0 && t <= 1 },
    ...(fromLogits
      ? {
          f: (z, t) => softplusOf(z) - smooth(t) * z,
          df: (z, t) => logistic(z) - smooth(t),
        }
      : {
          f: (prediction, target) => {
            const p = probability(source, prediction);
            const t = smooth(target);
            return -t * clampedLog(p) - (1 - t) * clampedLog(1 - p);
          },
          df: (prediction, target) => {
            const p = probability(source, prediction);
            return (p - smooth(target)) / Math.max(p * (1 - p), leastProbability);
          },
        }),
  });
};
