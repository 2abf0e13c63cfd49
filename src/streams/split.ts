import { finite, knownOptions } from "../math/invalid.ts";
import { random } from "../math/random.ts";

/**
 * Items dealt out at random, each to one of two arrays: `[train, validation]`. `fraction` is the share of the first.
 * The same seed deals the same way.
 * @example const [train, validation] = split(samples, { fraction: 0.8 });
 */
export const split = <Item>(
  items: Iterable<Item>,
  options: { readonly fraction: number; readonly seed?: number },
): [Item[], Item[]] => {
  knownOptions("split()", options, ["fraction", "seed"]);
  const { fraction, seed = 0 } = options;
  finite("split()", "fraction", fraction, { min: 0, max: 1 });
  const all = random(seed).shuffle([...items]);
  const first = Math.round(all.length * fraction);
  return [all.slice(0, first), all.slice(first)];
};
