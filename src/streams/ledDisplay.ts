import { invalid, whole } from "../math/invalid.ts";
import { type Pullable, type SyntheticOptions, type SyntheticSample, share, synthetic } from "./synthetic.ts";

export interface LedDisplayOptions extends SyntheticOptions {
  /** How probable it is that a segment is inverted. */
  readonly noise?: number;
  /** How many features there are besides the seven segments, 0 or 1 at random. */
  readonly irrelevant?: number;
  /** How many segments, from the first on, have changed places with irrelevant features. */
  readonly swapped?: number;
}

/** The segments of the digits: top, upper left, upper right, middle, lower left, lower right, bottom. */
const digits = "1110111 0010010 1011101 1011011 0111010 1101011 1101111 1010010 1111111 1111011"
  .split(" ")
  .map((segments) => [...segments].map(Number));

/**
 * The digits of a seven-segment display, some segments of which are broken (Breiman et al., CART, 1984): x is 0 or 1 a
 * segment, y the digit. With the usual noise of 0.1 no classifier is right more often than in 74 % of the cases. It
 * drifts by `conceptDrift` to a stream with more segments `swapped`.
 * @throws InvalidInputError on options out of range.
 */
export const ledDisplay = ({
  noise = 0.1,
  irrelevant = 17,
  swapped = 0,
  ...options
}: LedDisplayOptions = {}): Pullable<SyntheticSample> => {
  const actor = "ledDisplay()";
  share(actor, "noise", noise);
  whole(actor, "irrelevant", irrelevant, 0);
  whole(actor, "swapped", swapped, 0);
  const most = Math.min(7, irrelevant);
  if (swapped > most) throw invalid(actor, `at most ${most} as swapped`, `${swapped}`);
  return synthetic(actor, ["noise", "irrelevant", "swapped"], options, (rng) => () => {
    const y = rng.below(10);
    const x = digits[y]!.map((lit) => (rng.uniform() < noise ? 1 - lit : lit));
    for (let i = 0; i < irrelevant; i++) x.push(rng.below(2));
    for (let i = 0; i < swapped; i++) [x[i], x[7 + i]] = [x[7 + i]!, x[i]!];
    return { x, y };
  });
};
