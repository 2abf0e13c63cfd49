import { samplingRates } from "../folds/samplingRates.ts";
import { drawPoisson } from "../math/drawPoisson.ts";
import { finite } from "../math/invalid.ts";
import { type Resampling, type ResamplingOptions, resampling } from "./resampling.ts";

export interface OversampleOptions extends ResamplingOptions {
  /** How often a sample comes out at most, in the mean; without it, the first of a rare class comes out very often. */
  readonly max?: number;
}

/**
 * Lets samples come out several times, so that their classes come in the shares of `target`: those of the class of which
 * there is most for its share once, and the others a random number of times with a Poisson distribution (River's
 * RandomOverSampler; Oza, 2005). A sample comes out as it is, the same object each time, one after the other.
 * @throws InvalidInputError here for bad options, and on the stream for targets that are no classes, or none of `target`.
 * @example events$.pipe(oversample({ target: [9, 1], max: 20, seed: 1 }), minibatch(32), train(net, …))
 */
export const oversample = (options: OversampleOptions): Resampling => {
  const { max = Number.POSITIVE_INFINITY } = options;
  if (max !== Number.POSITIVE_INFINITY) finite("oversample()", "max", max, { min: 1 });
  return resampling("oversample()", options, ["max"], (rng, shares, counts, c) => {
    const rate = samplingRates.over(shares, counts, c);
    return rate > 1 ? drawPoisson(rng, Math.min(rate, max)) : 1;
  });
};
