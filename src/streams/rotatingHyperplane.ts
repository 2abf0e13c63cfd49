import { finite, invalid, whole } from "../math/invalid.ts";
import { type Pullable, type SyntheticOptions, type SyntheticSample, share, synthetic } from "./synthetic.ts";

export interface RotatingHyperplaneOptions extends SyntheticOptions {
  /** d, how many numbers a sample has. */
  readonly features?: number;
  /** How many of the weights change. */
  readonly drifting?: number;
  /** How much each of them changes with each sample. */
  readonly magnitude?: number;
  /** How probable it is, at each sample, that a weight turns back. */
  readonly reversal?: number;
  /** How probable it is that a label is wrong. */
  readonly noise?: number;
}

/**
 * A hyperplane that turns (Hulten, Spencer & Domingos, KDD 2001): numbers from 0 to 1; y is 1 if Σ wᵢxᵢ ≥ ½ · Σ wᵢ. The
 * weights of the first features drift with every sample, so that the concept never stands still unless `magnitude` is 0.
 * @throws InvalidInputError on options out of range.
 */
export const rotatingHyperplane = ({
  features = 10,
  drifting = 2,
  magnitude = 0.001,
  reversal = 0.1,
  noise = 0.05,
  ...options
}: RotatingHyperplaneOptions = {}): Pullable<SyntheticSample> => {
  const actor = "rotatingHyperplane()";
  whole(actor, "features", features);
  whole(actor, "drifting", drifting, 0);
  if (drifting > features) throw invalid(actor, `at most ${features} as drifting`, `${drifting}`);
  finite(actor, "magnitude", magnitude, { min: 0 });
  share(actor, "reversal", reversal);
  share(actor, "noise", noise);
  return synthetic(actor, ["features", "drifting", "magnitude", "reversal", "noise"], options, (rng) => {
    const w = Array.from({ length: features }, () => rng.uniform());
    const direction = w.map(() => 1);
    return () => {
      const x = w.map(() => rng.uniform());
      const above = w.reduce((sum, wi, i) => sum + wi * (x[i]! - 0.5), 0) >= 0;
      const wrong = rng.uniform() < noise;
      for (let i = 0; i < drifting; i++) {
        w[i]! += direction[i]! * magnitude;
        if (rng.uniform() < reversal) direction[i]! *= -1;
      }
      return { x, y: Number(above !== wrong) };
    };
  });
};
