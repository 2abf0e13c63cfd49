import { logistic, softplusOf } from "../math/functions.ts";
import { finite, invalid, knownOptions } from "../math/invalid.ts";
import { power } from "../math/power.ts";
import { classTarget, classTargets } from "./classTargets.ts";
import { defineLoss, inDomain, type Loss, type RowLoss, sameWidth } from "./loss.ts";
import { clampedLog, leastProbability, probability } from "./probability.ts";
import { writeLogSoftmax } from "./writeLogSoftmax.ts";

export interface FocalOptions {
  /** How much less the examples count that are already right; with 0 this is a crossentropy. */
  readonly gamma?: number;
  /** For one column the weight of class 1 (class 0 has 1 − α); for several columns an array, a weight a class. */
  readonly alpha?: number | readonly number[];
  /** The prediction is a logit, not yet a probability: the last layer has no activation. */
  readonly fromLogits?: boolean;
}

/**
 * −α·(1 − q)ᵞ·ln q, where q is the probability given to the truth (Lin et al., 2017): easy examples hardly count. A
 * prediction of one column is the probability of class 1, and targets are n × 1 of 0 and 1. One of k columns is a
 * distribution over classes: the loss sums over them, and targets are n × k rows that sum to 1, or n × 1 class indices.
 * From probabilities, the logarithm and the gradient are bounded as in the crossentropies.
 * @throws InvalidInputError when gamma or alpha is negative, and later when alpha does not go with the columns.
 */
export const focal = (options: FocalOptions = {}): Loss => {
  knownOptions("focal()", options, ["gamma", "alpha", "fromLogits"]);
  const { gamma: γ = 2, alpha, fromLogits = false } = options;
  const source = sourceOf(γ, alpha, fromLogits);
  finite(source, "gamma", γ, { min: 0 });
  if (typeof alpha === "number") finite(source, "alpha", alpha, { min: 0, max: 1 });
  else for (const α of alpha ?? []) finite(source, "alpha", α, { min: 0 });

  /** −α·uᵞ·L, for u = 1 − q and L = ln q. */
  const loss = (α: number, u: number, L: number) => (α === 0 ? 0 : -α * power(u, γ) * L);
  /** Its derivative by L; L / u goes to −1 as q goes to 1. */
  const slope = (α: number, u: number, L: number) =>
    α === 0 ? 0 : α * power(u, γ) * (γ * (1 - u) * (u > 0 ? L / u : -1) - 1);

  const ofTwo: RowLoss = (prediction, target, i, grad) => {
    const yes = target.data[i] === 1;
    const α = typeof alpha === "number" ? (yes ? alpha : 1 - alpha) : 1;
    const sign = yes ? 1 : -1;
    if (fromLogits) {
      const z = sign * prediction.data[i]!;
      const u = logistic(-z);
      const L = -softplusOf(-z);
      grad.data[i] = sign * slope(α, u, L) * u; // ∂L/∂z = u
      return loss(α, u, L);
    }
    const p = probability(source, prediction.data[i]!);
    const q = yes ? p : 1 - p;
    const L = clampedLog(q);
    grad.data[i] = (sign * slope(α, 1 - q, L)) / Math.max(q, leastProbability);
    return loss(α, 1 - q, L);
  };

  const ofMany: RowLoss = (prediction, target, i, grad) => {
    const k = prediction.cols;
    const α = (j: number) => classTarget(target, i, j) * (typeof alpha === "object" ? alpha[j]! : 1);
    let sum = 0;
    if (fromLogits) {
      writeLogSoftmax(prediction, i, grad);
      let slopes = 0;
      for (let j = 0; j < k; j++) {
        const L = grad.data[i * k + j]!;
        sum += loss(α(j), -Math.expm1(L), L);
        slopes += slope(α(j), -Math.expm1(L), L);
      }
      for (let j = 0; j < k; j++) {
        const L = grad.data[i * k + j]!;
        grad.data[i * k + j] = slope(α(j), -Math.expm1(L), L) - Math.exp(L) * slopes; // ∂Lᵢ/∂zⱼ = [i = j] − pⱼ
      }
      return sum;
    }
    for (let j = 0; j < k; j++) {
      const p = probability(source, prediction.data[i * k + j]!);
      const L = clampedLog(p);
      sum += loss(α(j), 1 - p, L);
      grad.data[i * k + j] = slope(α(j), 1 - p, L) / Math.max(p, leastProbability);
    }
    return sum;
  };

  const two = { is: "0 or 1", test: (t: number) => t === 0 || t === 1 };
  const classes = classTargets(source);
  const width = sameWidth(source);
  return defineLoss({
    source,
    fits: (target, cols) => {
      (cols === 1 ? width : classes.fits)(target, cols);
      alphaFits(source, alpha, cols);
    },
    check: (target, cols) => (cols === 1 ? inDomain(source, target, two) : classes.check(target, cols)),
    formula: [
      fromLogits ? "focal of logits" : "focal",
      γ,
      ...(typeof alpha === "object" ? alpha : [alpha ?? Number.NaN]),
    ],
    row: (prediction, target, i, grad) =>
      (prediction.cols === 1 ? ofTwo : ofMany)(prediction, target, i, grad),
  });
};

const sourceOf = (γ: number, alpha: FocalOptions["alpha"], fromLogits: boolean): string => {
  const α = typeof alpha === "object" ? `[${alpha.join(", ")}]` : alpha;
  return `focal({ gamma: ${γ}, ${α === undefined ? "" : `alpha: ${α}, `}fromLogits: ${fromLogits} })`;
};

const alphaFits = (source: string, alpha: FocalOptions["alpha"], cols: number): void => {
  if (cols === 1 && typeof alpha === "object")
    throw invalid(source, "a number as alpha for predictions of 1 column", `an array of ${alpha.length}`);
  if (cols > 1 && typeof alpha === "number")
    throw invalid(source, `an array of ${cols} numbers as alpha, one a class`, `${alpha}`);
  if (cols > 1 && typeof alpha === "object" && alpha.length !== cols)
    throw invalid(source, `an array of ${cols} numbers as alpha, one a class`, `${alpha.length}`);
};
