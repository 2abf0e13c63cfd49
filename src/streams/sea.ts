import {
  concept,
  type Pullable,
  type SyntheticOptions,
  type SyntheticSample,
  share,
  synthetic,
} from "./synthetic.ts";

export interface SeaOptions extends SyntheticOptions {
  /** How probable it is that a label is wrong. */
  readonly noise?: number;
}

const thresholds = [8, 9, 7, 9.5];

/**
 * The SEA concepts (Street & Kim, KDD 2001): three numbers from 0 to 10, of which the third means nothing; y is 1 if
 * x₀ + x₁ > θ. The concepts 0 … 3 have θ = 8, 9, 7 and 9.5.
 * @example conceptDrift(sea(0), sea(3), { position: 5000 })
 * @throws InvalidInputError on a concept or options out of range.
 */
export const sea = (which = 0, { noise = 0, ...options }: SeaOptions = {}): Pullable<SyntheticSample> => {
  const actor = "sea()";
  const threshold = concept(actor, thresholds, which);
  share(actor, "noise", noise);
  return synthetic(actor, ["noise"], options, (rng) => () => {
    const x = [10 * rng.uniform(), 10 * rng.uniform(), 10 * rng.uniform()];
    const wrong = rng.uniform() < noise;
    return { x, y: Number(x[0]! + x[1]! > threshold !== wrong) };
  });
};
