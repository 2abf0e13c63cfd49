import { finite, knownOptions, whole } from "../math/invalid.ts";
import { random } from "../math/random.ts";
import { type Pullable, pullable, type SyntheticOptions } from "./synthetic.ts";

export interface ConceptDriftOptions extends SyntheticOptions {
  /** p, how many items come before the drift, or before its middle. */
  readonly position: number;
  /** w, how many items the drift takes: 1 is abrupt. */
  readonly width?: number;
}

/**
 * One stream that turns into another: item t, counted from 0, is of `after` with the probability 1 / (1 + e^(−4(t − p)/w))
 * (Bifet et al., MOA, 2010). With a width of 1, exactly the first p items are of `before`. Each stream is pulled only
 * when it is its turn, and when that one has ended, so has this. Drifts nest.
 * @example conceptDrift(sea(0), conceptDrift(sea(1), sea(2), { position: 5000 }), { position: 5000, width: 500 })
 * @throws InvalidInputError on options out of range.
 */
export const conceptDrift = <Item>(
  before: Iterable<Item>,
  after: Iterable<Item>,
  options: ConceptDriftOptions,
): Pullable<Item> => {
  const actor = "conceptDrift()";
  knownOptions(actor, options, ["position", "width", "seed", "count"]);
  const { position, width = 1, seed = 0, count = Number.POSITIVE_INFINITY } = options;
  whole(actor, "position", position, 0);
  finite(actor, "width", width, { min: 1 });
  finite(actor, "seed", seed);
  if (count !== Number.POSITIVE_INFINITY) whole(actor, "count", count, 0);
  return pullable(function* () {
    const rng = random(seed);
    const [old, fresh] = [before[Symbol.iterator](), after[Symbol.iterator]()];
    const drifted = (t: number) =>
      width === 1 ? t >= position : rng.uniform() < 1 / (1 + Math.exp((-4 * (t - position)) / width));
    try {
      for (let t = 0; t < count; t++) {
        const { done, value } = (drifted(t) ? fresh : old).next();
        if (done) return;
        yield value;
      }
    } finally {
      old.return?.();
      fresh.return?.();
    }
  });
};
