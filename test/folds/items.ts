import type { Scored } from "../../src/folds/scored.ts";
import { matrix, toRows } from "../../src/math/matrix.ts";
import type { Random } from "../../src/math/random.ts";

// random items for the laws of folds, and what naive readings of them are written with

export const rows = (rng: Random) => 1 + rng.below(3);

export const scored =
  (prediction: (rng: Random) => number[], target: (rng: Random) => number[], weighted = true) =>
  (rng: Random): Scored => {
    const n = rows(rng);
    const table = (row: (rng: Random) => number[]) => matrix(Array.from({ length: n }, () => row(rng)));
    return {
      prediction: table(prediction),
      target: table(target),
      ...(weighted && rng.uniform() < 0.7 && { weight: table((r) => [r.below(4) / 2 + 0.25]) }),
    };
  };

export const ones = ({ prediction, target, weight }: Scored): Scored[] =>
  toRows(prediction).map((p, i) => ({
    prediction: matrix([p]),
    target: matrix([toRows(target)[i]!]),
    ...(weight && { weight: matrix([toRows(weight)[i]!]) }),
  }));

export const coarse = (rng: Random) => [rng.below(20) / 19]; // so that scores tie
export const yesNo = (rng: Random) => [rng.below(2)];
export const softmaxed = (rng: Random) => {
  const e = [rng.uniform() + 0.01, rng.uniform() + 0.01, rng.uniform() + 0.01];
  return e.map((v) => v / (e[0]! + e[1]! + e[2]!));
};
export const oneHot = (rng: Random) => {
  const k = rng.below(3);
  return [0, 1, 2].map((j) => (j === k ? 1 : 0));
};
export const index = (rng: Random) => [rng.below(3)];
export const reals = (rng: Random) => [rng.normal(), 5 + rng.normal()];
export const apart = (rng: Random) => [rng.below(9), 5 - rng.below(9) / 2];

export const binary = scored(coarse, yesNo);
export const classes = scored(softmaxed, oneHot);
export const indices = scored(softmaxed, index);
export const regression = scored(reals, apart);

export const sum = (all: readonly number[]) => all.reduce((a, b) => a + b, 0);
export const average = (all: readonly number[]) => sum(all) / all.length;

export interface Row {
  readonly p: number[];
  readonly t: number[];
  readonly w: number;
}

export const rowsOf = (all: readonly Scored[]): Row[] =>
  all.flatMap(({ prediction, target, weight }) =>
    toRows(prediction).map((p, i) => ({ p, t: toRows(target)[i]!, w: weight ? weight.data[i]! : 1 })),
  );

export const overRows = (f: (row: Row) => number) => (all: readonly Scored[]) =>
  sum(rowsOf(all).map((row) => row.w * f(row))) / sum(rowsOf(all).map(({ w }) => w));

export const argmax = (v: number[]) => v.indexOf(Math.max(...v));
export const classOf = (v: number[], width: number) =>
  width === 1 ? Number(v[0]! > 0.5) : v.length === 1 ? v[0]! : argmax(v);
export const hit = ({ p, t }: Row) => Number(classOf(p, p.length) === classOf(t, p.length));
