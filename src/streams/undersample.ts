import { samplingRates } from "../folds/samplingRates.ts";
import { type Resampling, type ResamplingOptions, resampling } from "./resampling.ts";

/**
 * Lets only a part of the samples pass, at random, so that their classes come in the shares of `target`: all of the class
 * of which there is least for its share, and of the others what goes with it (rejection sampling; River's
 * RandomUnderSampler). The shares that came are counted on the way, so what passes before every class has been seen is not
 * yet in order.
 * @throws InvalidInputError here for bad options, and on the stream for targets that are no classes, or none of `target`.
 * @example events$.pipe(undersample({ target: [9, 1], seed: 1 }), minibatch(32), train(net, …))
 */
export const undersample = (options: ResamplingOptions): Resampling =>
  resampling("undersample()", options, [], (rng, shares, counts, c) => {
    const rate = samplingRates.under(shares, counts, c);
    return rate >= 1 || rng.uniform() < rate ? 1 : 0;
  });
