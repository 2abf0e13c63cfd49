import { actualClass, sameClasses } from "./classes.ts";
import type { MergeableFold } from "./mergeable.ts";
import { probability } from "./probability.ts";
import { type RowMeanState, rowMean } from "./rowMean.ts";
import type { Scored } from "./scored.ts";

const actor = "logLoss()";
const least = 1e-15;

/**
 * The mean of −log of the probability that was given to what came true, in nats; NaN before the first row. Probabilities
 * are clipped to [1e-15, 1 − 1e-15]. One column: t·log p + (1 − t)·log(1 − p). Several: Σ t·log p over one-hot rows or
 * distributions, or n × 1 class indices.
 * @throws InvalidInputError when a prediction or a target is no probability, such as a logit, or −1 for a class.
 */
export const logLoss = (): MergeableFold<Scored, number, RowMeanState> =>
  rowMean({
    check: (scored) => sameClasses(actor, scored),
    row: (scored, i) => {
      const { prediction, target } = scored;
      const { cols } = prediction;
      if (cols === 1) {
        const t = target.data[i]!;
        const q = probability(actor, prediction.data[i]!, i);
        if (t === 1) return surprise(q);
        if (t === 0) return surprise(1 - q);
        const share = probability(actor, t, i);
        return share * surprise(q) + (1 - share) * surprise(1 - q);
      }
      const p = (j: number) => probability(actor, prediction.data[i * cols + j]!, i);
      if (target.cols === 1) return surprise(p(actualClass(actor, scored, i)));
      let sum = 0;
      for (let j = 0; j < cols; j++) {
        const t = target.data[i * cols + j]!;
        if (t !== 0) sum += probability(actor, t, i) * surprise(p(j));
      }
      return sum;
    },
  });

const surprise = (p: number): number => -Math.log(Math.min(Math.max(p, least), 1 - least));
