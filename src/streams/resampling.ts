import type { Observable } from "rxjs";
import { type ClassCounts, countClass, noCounts } from "../folds/classCounts.ts";
import { alphaOf, type Forgetting } from "../folds/forgetting.ts";
import type { Shares } from "../folds/samplingRates.ts";
import { classOf } from "../math/classOf.ts";
import { finite, invalid, inWords, knownOptions } from "../math/invalid.ts";
import { type Random, random, randomFrom } from "../math/random.ts";
import type { Live } from "./live.ts";
import { operate } from "./operate.ts";
import type { Sample, SparseSample } from "./sample.ts";

/** What has come, the random numbers, and the sample that is coming out, so many times more: plain data, if samples are. */
export interface ResamplingState {
  counts: ClassCounts;
  random: Uint32Array;
  sample: unknown;
  left: number;
}

export interface ResamplingOptions {
  /** How often each class is wanted, by its index, relative to the others: `[1, 1]` and `{ 0: 0.5, 1: 0.5 }` are the same. */
  readonly target: Readonly<Record<number, number>> | readonly number[];
  readonly seed?: number;
  /** How fast the counts of the classes fade, by samples, for shares that change; each sample counts alike without it. */
  readonly forgetting?: Forgetting;
  /** Where the counts and the random numbers are, if not inside the subscription: see {@link Live}. */
  readonly live?: Live<ResamplingState>;
}

/** An operator on samples of any kind: what comes out is what went in, as often as it should. */
export type Resampling = <Item extends Sample | SparseSample>(source: Observable<Item>) => Observable<Item>;

/**
 * Sends each sample on as many times as `times` says, given the shares that are wanted and how many of each class have
 * come, this one among them. Samples whose target is not finite go on once and are not counted: whoever learns decides
 * about them.
 *
 * Hand-written, because it sees every sample, and most of them come out once or not at all.
 */
export const resampling = <Options extends ResamplingOptions>(
  actor: string,
  options: Options,
  own: readonly (keyof Options & string)[],
  times: (rng: Random, shares: Shares, counts: ClassCounts, c: number) => number,
): Resampling => {
  knownOptions<ResamplingOptions>(actor, options, [
    "target",
    "seed",
    "forgetting",
    "live",
    ...(own as never[]),
  ]);
  const { target, seed = 0, forgetting, live } = options;
  const shares = sharesOf(actor, target);
  finite(actor, "seed", seed);
  const keep = forgetting === undefined ? 1 : 1 - alphaOf(actor, forgetting);
  return <Item extends Sample | SparseSample>(source: Observable<Item>): Observable<Item> =>
    source.pipe(
      operate<Item, Item>((out) => {
        const state = live?.state ?? {
          counts: noCounts(),
          random: random(seed).state,
          sample: undefined,
          left: 0,
        };
        if (live) live.state = state;
        const { counts } = state;
        const rng = randomFrom(state.random);
        let position = 0;
        const timesOf = (sample: Item): number => {
          const c = classIn(actor, sample, position++);
          if (c === undefined) return 1;
          if (!(c in shares))
            throw invalid(actor, `classes of the target (${Object.keys(shares).join(", ")})`, String(c));
          countClass(counts, c, keep);
          return times(rng, shares, counts, c);
        };
        const release = (sample: Item, times: number): void => {
          for (let left = times - 1; left >= 0 && !out.closed; left--) {
            state.sample = left > 0 ? sample : undefined; // who saves the state on it has the others in it
            state.left = left;
            out.next(sample);
          }
        };
        release(state.sample as Item, state.left);
        return { next: (sample) => release(sample, timesOf(sample)) };
      }),
    );
};

const sharesOf = (actor: string, target: ResamplingOptions["target"]): Shares => {
  if (typeof target !== "object" || target === null)
    throw invalid(actor, "shares of classes as target, such as [1, 1]", inWords(target));
  const shares = Object.entries(target) as [string, number][];
  if (shares.length < 2) throw invalid(actor, "shares of at least 2 classes as target", `${shares.length}`);
  for (const [c, share] of shares)
    if (!(Number.isFinite(share) && share > 0))
      throw invalid(actor, `a number above 0 as share of class ${c}`, String(share));
  const sum = shares.reduce((all, [, share]) => all + share, 0);
  return Object.fromEntries(shares.map(([c, share]) => [c, share / sum]));
};

/** Undefined where the target is not finite. */
const classIn = (actor: string, { y }: Sample | SparseSample, position: number): number | undefined => {
  const row = typeof y === "number" ? [y] : y;
  for (let j = 0; j < row.length; j++) if (!Number.isFinite(row[j]!)) return undefined;
  return classOf(actor, row, row.length, 0, position);
};
