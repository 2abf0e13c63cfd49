import { invalid } from "../math/invalid.ts";
import { elementwiseLoss, type Loss } from "./loss.ts";

/**
 * q·(t − p) below the target and (1 − q)·(p − t) above it, the mean over columns; its minimiser is the q-quantile of the
 * targets (Koenker & Bassett, 1978). At p = t its gradient is 0.
 * @throws InvalidInputError when q is not between 0 and 1.
 */
export const pinball = (q: number): Loss => {
  const source = `pinball(${q})`;
  if (!(q > 0 && q < 1)) throw invalid(source, "a number between 0 and 1 as q", String(q));
  return elementwiseLoss({
    source,
    formula: ["pinball", q],
    f: (p, t) => (t >= p ? q * (t - p) : (1 - q) * (p - t)),
    df: (p, t) => (t > p ? -q : t < p ? 1 - q : 0),
  });
};
