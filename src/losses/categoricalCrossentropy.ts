import { finite, knownOptions } from "../math/invalid.ts";
import type { CrossentropyOptions } from "./binaryCrossentropy.ts";
import { classTarget, classTargets } from "./classTargets.ts";
import { defineLoss, type Loss, type RowLoss } from "./loss.ts";
import { clampedLog, leastProbability, probability } from "./probability.ts";
import { writeLogSoftmax } from "./writeLogSoftmax.ts";

/**
 * −Σ tⱼ·ln pⱼ over k ≥ 2 classes of which one is true; it sums over classes. Targets are n × k rows that sum to 1, such as
 * one-hot rows, or n × 1 class indices. With logits p = softmax(z), and the gradient is p − t. Smoothing turns tⱼ into
 * (1 − s)·tⱼ + s/k. From probabilities, ln p is never below −100, and the gradient is −t / max(p, 10⁻¹²).
 * @throws InvalidInputError when labelSmoothing is outside [0, 1].
 * @throws Error later, for a prediction that is no probability.
 */
export const categoricalCrossentropy = (options: CrossentropyOptions = {}): Loss => {
  knownOptions("categoricalCrossentropy()", options, ["fromLogits", "labelSmoothing"]);
  const { fromLogits = false, labelSmoothing: s = 0 } = options;
  const source = `categoricalCrossentropy({ fromLogits: ${fromLogits}, labelSmoothing: ${s} })`;
  finite(source, "labelSmoothing", s, { min: 0, max: 1 });

  const ofLogits: RowLoss = (logits, target, i, grad) => {
    const k = logits.cols;
    writeLogSoftmax(logits, i, grad);
    let sum = 0;
    let mass = 0; // Σ tⱼ, which is 1 for a distribution
    for (let j = 0; j < k; j++) {
      const t = (1 - s) * classTarget(target, i, j) + s / k;
      if (t !== 0) sum -= t * grad.data[i * k + j]!;
      mass += t;
    }
    for (let j = 0; j < k; j++) {
      const t = (1 - s) * classTarget(target, i, j) + s / k;
      grad.data[i * k + j] = mass * Math.exp(grad.data[i * k + j]!) - t;
    }
    return sum;
  };

  const ofProbabilities: RowLoss = (prediction, target, i, grad) => {
    const k = prediction.cols;
    let sum = 0;
    for (let j = 0; j < k; j++) {
      const p = probability(source, prediction.data[i * k + j]!);
      const t = (1 - s) * classTarget(target, i, j) + s / k;
      if (t !== 0) sum -= t * clampedLog(p);
      grad.data[i * k + j] = -t / Math.max(p, leastProbability);
    }
    return sum;
  };

  return defineLoss({
    source,
    formula: [fromLogits ? "categoricalCrossentropy of logits" : "categoricalCrossentropy", s],
    ...classTargets(source),
    row: fromLogits ? ofLogits : ofProbabilities,
  });
};
