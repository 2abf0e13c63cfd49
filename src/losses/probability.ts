/**
 * The prediction as a probability; what rounding has put just outside of [0, 1] is put back. NaN stays NaN.
 * @throws Error for what cannot be one, most likely a logit: it is the net that is wrong, and not the batch.
 */
export const probability = (source: string, p: number): number => {
  if (p < -1e-6 || p > 1 + 1e-6)
    throw new Error(`${source} expects predictions from 0 to 1 (for logits: { fromLogits: true }), got ${p}`);
  return Math.min(1, Math.max(0, p));
};

/** ln p, but never below −100, so that a sure and wrong prediction has a finite loss (as PyTorch's BCELoss). */
export const clampedLog = (p: number): number => Math.max(Math.log(p), -100);

/** The least divisor in the gradient of {@link clampedLog}. */
export const leastProbability = 1e-12;
