import { samplingRates } from "../folds/samplingRates.ts";
import { drawPoisson } from "../math/drawPoisson.ts";
import { finite } from "../math/invalid.ts";
import { type Resampling, type ResamplingOptions, resampling } from "./resampling.ts";

export interface ResampleOptions extends ResamplingOptions {
  /** How many samples come out for one that goes in. */
  readonly rate?: number;
  /** How often a sample comes out at most, in the mean. */
  readonly max?: number;
}

/**
 * Takes fewer samples of some classes and more of others, so that their classes come in the shares of `target`, and `rate`
 * samples come out for one that goes in: each a random number of times with a Poisson distribution (River's RandomSampler).
 * @throws InvalidInputError here for bad options, and on the stream for targets that are no classes, or none of `target`.
 * @example events$.pipe(resample({ target: [1, 1], rate: 0.2, seed: 1 }), minibatch(32), train(net, …))
 */
export const resample = (options: ResampleOptions): Resampling => {
  const { rate = 1, max = Number.POSITIVE_INFINITY } = options;
  finite("resample()", "rate", rate, { min: Number.MIN_VALUE });
  if (max !== Number.POSITIVE_INFINITY) finite("resample()", "max", max, { min: Number.MIN_VALUE });
  return resampling("resample()", options, ["rate", "max"], (rng, shares, counts, c) =>
    drawPoisson(rng, Math.min(rate * samplingRates.even(shares, counts, c), max)),
  );
};
