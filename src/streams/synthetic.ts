import { from, type Observable } from "rxjs";
import { finite, knownOptions, whole } from "../math/invalid.ts";
import { type Random, random } from "../math/random.ts";
import type { Sample } from "./sample.ts";

/** A sample of a stream made from a seed: y is the index of a class, or a value. */
export interface SyntheticSample extends Sample {
  readonly x: readonly number[];
  readonly y: number;
}

/** A cold Observable whose items can be pulled as well: `paced` and `for … of` take it, endless or not. */
export type Pullable<Item> = Observable<Item> & Iterable<Item>;

export interface SyntheticOptions {
  /** The same seed makes the same samples, for every subscriber. */
  readonly seed?: number;
  /** How many samples to make; without end unless told. */
  readonly count?: number;
}

/** What can be iterated, as an Observable too. Every subscription begins anew. */
export const pullable = <Item>(iterate: () => Iterator<Item>): Pullable<Item> =>
  Object.assign(from({ [Symbol.iterator]: iterate }), { [Symbol.iterator]: iterate });

/**
 * The samples of a generator: `start` makes what a stream needs, and a function that gives one sample after the other. Its
 * `own` options, by name, are read already.
 */
export const synthetic = (
  actor: string,
  own: readonly string[],
  options: SyntheticOptions,
  start: (rng: Random) => () => SyntheticSample,
): Pullable<SyntheticSample> => {
  knownOptions(actor, options as Readonly<Record<string, unknown>>, [...own, "seed", "count"]);
  const { seed = 0, count = Number.POSITIVE_INFINITY } = options;
  finite(actor, "seed", seed);
  if (count !== Number.POSITIVE_INFINITY) whole(actor, "count", count, 0);
  return pullable(function* () {
    const next = start(random(seed));
    for (let i = 0; i < count; i++) yield next();
  });
};

/** A number from 0 to 1. */
export const share = (actor: string, what: string, value: number): number =>
  finite(actor, what, value, { min: 0, max: 1 });

/** One concept of a list. */
export const concept = <Rule>(actor: string, rules: readonly Rule[], which: number): Rule => {
  whole(actor, "concept", which, 0);
  finite(actor, "concept", which, { max: rules.length - 1 });
  return rules[which]!;
};

/** Samples of the classes 1 and 0 in turns; what comes out of turn is dropped. */
export const inTurns = (next: () => SyntheticSample): (() => SyntheticSample) => {
  let wanted = 0;
  return () => {
    wanted = 1 - wanted;
    for (;;) {
      const sample = next();
      if (sample.y === wanted) return sample;
    }
  };
};
