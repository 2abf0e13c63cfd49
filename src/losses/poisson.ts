import { knownOptions } from "../math/invalid.ts";
import { elementwiseLoss, type Loss } from "./loss.ts";

export interface PoissonOptions {
  /** The prediction is the logarithm of the rate, rather than the rate. */
  readonly logInput?: boolean;
}

/**
 * The negative log-likelihood of counts, without the term ln t! that no weight can change: eᵖ − t·p for a prediction
 * that is the logarithm of the rate, p − t·ln(p + 10⁻⁸) for one that is the rate; the mean over columns (as PyTorch's
 * PoissonNLLLoss). Targets are 0 or more, and need not be whole.
 */
export const poisson = (options: PoissonOptions = {}): Loss => {
  knownOptions("poisson()", options, ["logInput"]);
  const { logInput = true } = options;
  return elementwiseLoss({
    source: `poisson({ logInput: ${logInput} })`,
    formula: [logInput ? "poisson of logarithms" : "poisson"],
    ...(logInput ? ofLogRate : ofRate),
    target: { is: "at least 0", test: (t) => t >= 0 },
  });
};

const ofLogRate = {
  f: (p: number, t: number): number => Math.exp(p) - t * p,
  df: (p: number, t: number): number => Math.exp(p) - t,
};

const ε = 1e-8;
const ofRate = {
  f: (p: number, t: number): number => p - t * Math.log(p + ε),
  df: (p: number, t: number): number => 1 - t / (p + ε),
};
