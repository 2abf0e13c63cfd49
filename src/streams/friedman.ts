import { finite, invalid, whole } from "../math/invalid.ts";
import type { Random } from "../math/random.ts";
import { type Pullable, type SyntheticOptions, type SyntheticSample, synthetic } from "./synthetic.ts";

export interface FriedmanOptions extends SyntheticOptions {
  /** The standard deviation of ε. */
  readonly noise?: number;
  /** Which kind of drift; none unless told. */
  readonly drift?: "localExpanding" | "globalRecurring" | "globalGradual";
  /** Before which samples the concept changes, in order: three for `localExpanding`, two for the others. */
  readonly positions?: readonly number[];
  /** For how many samples after a position a `globalGradual` drift mixes both concepts. */
  readonly transition?: number;
}

type Target = (x: readonly number[]) => number;

/** Friedman's function of five features, in the order a, b, c, d, e. */
const friedmanOf =
  (a: number, b: number, c: number, d: number, e: number): Target =>
  (x) =>
    10 * Math.sin(Math.PI * x[a]! * x[b]!) + 20 * (x[c]! - 0.5) ** 2 + 10 * x[d]! + 5 * x[e]!;

const first = friedmanOf(0, 1, 2, 3, 4);
const second = friedmanOf(3, 4, 1, 0, 2);
const third = friedmanOf(1, 4, 3, 2, 0);

/** Two regions, each bounded by two, three or four features: the more drifts, the fewer bounds. */
const inRegion = (x: readonly number[], sides: readonly boolean[], drifts: number) =>
  drifts > 0 && sides.slice(0, 5 - drifts).every((high, i) => (high ? x[i + 1]! > 0.7 : x[i + 1]! < 0.3));

const local = (x: readonly number[], drifts: number): number => {
  const [x0, x1, x2, x3, x4] = x as [number, number, number, number, number];
  if (inRegion(x, [false, false, true, false], drifts))
    return 10 * x0 * x1 + 20 * (x2 - 0.5) + 10 * x3 + 5 * x4;
  if (inRegion(x, [true, true, false, true], drifts))
    return 10 * Math.cos(x0 * x1) + 20 * (x2 - 0.5) + Math.exp(x3) + 5 * x4 ** 2;
  return first(x);
};

/**
 * Friedman's regression (Annals of Statistics 1991): ten numbers from 0 to 1, of which five mean nothing;
 * y = 10·sin(π·x₀·x₁) + 20·(x₂ − ½)² + 10·x₃ + 5·x₄ + ε. Its drifts are those of Ikonomovska, Gama & Džeroski (2011):
 * in two regions that expand thrice; everywhere, and back again; or everywhere and gradually, twice, where the old and
 * the new concept are as probable as each other during a transition.
 * @throws InvalidInputError on options out of range.
 */
export const friedman = ({
  noise = 1,
  drift,
  positions = drift === "localExpanding" ? [50_000, 100_000, 150_000] : [50_000, 100_000],
  transition = 10_000,
  ...options
}: FriedmanOptions = {}): Pullable<SyntheticSample> => {
  const actor = "friedman()";
  finite(actor, "noise", noise, { min: 0 });
  whole(actor, "transition", transition, 0);
  const target = drift === undefined ? () => first : targets[drift];
  if (target === undefined)
    throw invalid(actor, `one of ${Object.keys(targets).join(", ")} as drift`, String(drift));
  const wanted = drift === "localExpanding" ? 3 : 2;
  if (drift !== undefined && positions.length !== wanted)
    throw invalid(actor, `${wanted} positions for ${drift}`, `${positions.length}`);
  positions.forEach((at, i) => {
    whole(actor, "position", at, i > 0 ? positions[i - 1]! + 1 : 0);
  });
  return synthetic(actor, ["noise", "drift", "positions", "transition"], options, (rng) => {
    let i = 0;
    return () => {
      const x = Array.from({ length: 10 }, () => rng.uniform());
      const drifts = positions.filter((at) => at <= i).length;
      const mixing = drifts > 0 && i < positions[drifts - 1]! + transition;
      i++;
      return { x, y: target(drifts, mixing, rng)(x) + noise * rng.normal() };
    };
  });
};

const targets: Readonly<
  Record<NonNullable<FriedmanOptions["drift"]>, (drifts: number, mixing: boolean, rng: Random) => Target>
> = {
  localExpanding: (drifts) => (x) => local(x, drifts),
  globalRecurring: (drifts) => (drifts === 1 ? second : first),
  globalGradual: (drifts, mixing, rng) =>
    [first, second, third][mixing && rng.uniform() < 0.5 ? drifts - 1 : drifts]!,
};
