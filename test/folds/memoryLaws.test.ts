import { classBalancedReservoir } from "../../src/folds/classBalancedReservoir.ts";
import type { KeptRow, Rows } from "../../src/folds/memory.ts";
import { newest } from "../../src/folds/newest.ts";
import { prioritized } from "../../src/folds/prioritized.ts";
import { reservoir } from "../../src/folds/reservoir.ts";
import { matrix, toRows } from "../../src/math/matrix.ts";
import { type Random, random } from "../../src/math/random.ts";
import { sparse } from "../../src/math/sparse.ts";
import { foldLaws } from "../laws/fold.ts";
import { rows } from "./items.ts";

// what memories are offered

const table = (n: number, row: () => number[]) => matrix(Array.from({ length: n }, row));

/** One to three rows; the first classes come more often. */
const item = (rng: Random): Rows => {
  const n = rows(rng);
  return {
    x: table(n, () => [rng.normal(), rng.normal()]),
    y: table(n, () => [Math.floor(4 * rng.uniform() ** 2)]),
    ...(rng.uniform() < 0.5 && { weight: table(n, () => [rng.uniform()]) }),
  };
};

const entries = (rng: Random): Rows => {
  const n = rows(rng);
  const x = Array.from({ length: n }, () =>
    Array.from({ length: rng.below(4) }, (_, k) => [5 * k + rng.below(5), rng.normal()] as const),
  );
  return { x: sparse(x, 20), y: table(n, () => [rng.normal()]) };
};

const ones = ({ x, y, weight }: Rows): Rows[] =>
  toRows(x).map((row, i) => ({
    x: matrix([row]),
    y: matrix([toRows(y)[i]!]),
    ...(weight && { weight: matrix([toRows(weight)[i]!]) }),
  }));

// memories, written naively

const rowsOf = (all: readonly Rows[]): KeptRow[] =>
  all.flatMap(ones).map(({ x, y, weight }) => ({
    x: [...x.data],
    y: [...y.data],
    weight: weight ? weight.data[0]! : 1,
  }));

const algorithmR =
  (k: number, seed = 0) =>
  (all: readonly Rows[]): KeptRow[] => {
    const rng = random(seed);
    const kept: KeptRow[] = [];
    rowsOf(all).forEach((row, i) => {
      const j = i < k ? i : rng.below(i + 1);
      if (j < k) kept[j] = row;
    });
    return kept;
  };

const lastOnes =
  (k: number) =>
  (all: readonly Rows[]): KeptRow[] => {
    const kept: KeptRow[] = [];
    rowsOf(all).forEach((row, i) => {
      kept[i % k] = row;
    });
    return kept;
  };

/** The algorithm of Chrysakis & Moens, 2020, on a list of what is kept, in the order in which slots changed their class. */
const cbrs =
  (k: number, seed = 0) =>
  (all: readonly Rows[]): KeptRow[] => {
    const rng = random(seed);
    const labels: number[] = [];
    const full = new Set<number>();
    const came: number[] = [];
    let list: { row: KeptRow; label: number; slot: number }[] = [];
    const of = (label: number) => list.filter((one) => one.label === label);
    for (const row of rowsOf(all)) {
      const label = row.y[0]!;
      if (!labels.includes(label)) labels.push(label);
      came[label] = (came[label] ?? 0) + 1;
      if (list.length < k) {
        list.push({ row, label, slot: list.length });
        continue;
      }
      const most = Math.max(...labels.map((one) => of(one).length));
      const largest = labels.filter((one) => of(one).length === most);
      for (const one of largest) full.add(one);
      if (!full.has(label)) {
        const theirs = of(largest[rng.below(largest.length)]!);
        const out = theirs[rng.below(theirs.length)]!;
        list = [...list.filter((one) => one !== out), { row, label, slot: out.slot }];
      } else if (rng.uniform() <= of(label).length / came[label]!) {
        const own = of(label);
        own[rng.below(own.length)]!.row = row;
      }
    }
    return list.sort((a, b) => a.slot - b.slot).map(({ row }) => row);
  };

const dense = ({ x, y, weight }: KeptRow) => ({ x, y, weight });

// the list: to add a memory is to add a line

foldLaws("reservoir(5)", { fold: () => reservoir(5), item, brute: algorithmR(5), ones });
foldLaws("reservoir(40, { seed: 3 })", {
  fold: () => reservoir(40, { seed: 3 }),
  item,
  brute: algorithmR(40, 3),
  ones,
});
foldLaws("reservoir(7) of sparse rows", {
  fold: () => reservoir(7),
  item: entries,
  brute: algorithmR(7),
  view: (kept) =>
    kept.map((row) => {
      const x = Array<number>(20).fill(0);
      row.columns!.forEach((column, k) => {
        x[column]! += row.x[k]!;
      });
      return dense({ ...row, x });
    }),
});
foldLaws("newest(7)", { fold: () => newest(7), item, brute: lastOnes(7), ones });
foldLaws("classBalancedReservoir(9)", { fold: () => classBalancedReservoir(9), item, brute: cbrs(9), ones });
foldLaws("prioritized(reservoir(6))", {
  fold: () => prioritized(reservoir(6)),
  item,
  brute: algorithmR(6),
  ones,
});
