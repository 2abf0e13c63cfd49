import { whole } from "../math/invalid.ts";
import type { Put } from "./field.ts";
import { murmurHash3 } from "./murmurHash3.ts";

export interface HashingOptions {
  /** Whether half of the tokens count −1, so that what collides cancels in expectation. */
  readonly signed?: boolean;
  /** Another seed, other collisions. */
  readonly seed?: number;
}

/**
 * The hashing trick (Weinberger et al., ICML 2009): a token adds ±1 to the column that its hash says. Column and sign are
 * those of scikit-learn's `FeatureHasher`: with h the hash as a signed number, |h| mod size, and the sign of h.
 * @throws InvalidInputError for a size or a seed that is no whole number.
 */
export const hashing = (
  actor: string,
  size: number,
  { signed = true, seed = 0 }: HashingOptions = {},
): ((token: string, put: Put) => void) => {
  whole(actor, "size", size);
  whole(actor, "seed", seed, 0);
  return (token, put) => {
    const h = murmurHash3(token, seed) | 0;
    // |−2³¹| is no signed number of 32 bits; there scikit-learn goes its own way
    const column = h === -(2 ** 31) ? (2 ** 31 - size) % size : Math.abs(h) % size;
    put(column, signed && h < 0 ? -1 : 1);
  };
};
