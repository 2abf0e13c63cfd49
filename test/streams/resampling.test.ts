import fc from "fast-check";
import { from, lastValueFrom, map, type Observable, of, toArray } from "rxjs";
import { expect, expectTypeOf, test } from "vitest";
import { drawPoisson } from "../../src/math/drawPoisson.ts";
import { random } from "../../src/math/random.ts";
import { sparse } from "../../src/math/sparse.ts";
import { oversample } from "../../src/streams/oversample.ts";
import { resample } from "../../src/streams/resample.ts";
import type { Sample, SparseSample } from "../../src/streams/sample.ts";
import { undersample } from "../../src/streams/undersample.ts";
import { operatorLaws } from "../laws/operator.ts";

type Item = { readonly x: readonly number[]; readonly y: number };

const all = <Out>(items$: Observable<Out>): Promise<Out[]> => lastValueFrom(items$.pipe(toArray()));

/** Samples of classes 0, 1, … with these shares. */
const stream = (count: number, shares: readonly number[], seed = 1): Item[] => {
  const rng = random(seed, 5);
  return Array.from({ length: count }, (_, i) => {
    const u = rng.uniform();
    const upTo = (c: number) => shares.slice(0, c + 1).reduce((a, b) => a + b);
    return {
      x: [i],
      y: Math.max(
        shares.findIndex((_, c) => u < upTo(c)),
        0,
      ),
    };
  });
};

const share = (items: readonly { y: Sample["y"] }[], c: number): number =>
  items.filter(({ y }) => y === c).length / items.length;

// naively, as River has it: the pivot is looked up among the classes seen, and the desired shares are f

const naive =
  (
    kind: "under" | "over" | "even",
    f: readonly number[],
    { seed = 0, max = Number.POSITIVE_INFINITY, rate = 1 },
  ) =>
  (items: readonly Item[]): Item[] => {
    const rng = random(seed);
    return items.flatMap((item, i) => {
      const seen = items.slice(0, i + 1).map(({ y }) => y);
      const g = f.map((_, c) => seen.filter((y) => y === c).length / seen.length);
      const ratios = f.map((fc, c) => fc / g[c]!).filter(Number.isFinite);
      const own = f[item.y]! / g[item.y]!;
      const times = () => {
        if (kind === "even") return drawPoisson(rng, Math.min(max, rate * own));
        const r = own / (kind === "under" ? Math.max(...ratios) : Math.min(...ratios));
        if (Math.abs(r - 1) < 1e-12) return 1;
        return kind === "under" ? Number(rng.uniform() < r) : drawPoisson(rng, Math.min(max, r));
      };
      return new Array<Item>(times()).fill(item);
    });
  };

const items = stream(60, [0.7, 0.2, 0.1]);

operatorLaws<Item, Item>("undersample({ target })", {
  operator: () => undersample({ target: [2, 1, 1], seed: 3 }),
  items,
  expected: naive("under", [0.5, 0.25, 0.25], { seed: 3 }),
});
operatorLaws<Item, Item>("oversample({ target, max })", {
  operator: () => oversample({ target: { 0: 2, 1: 1, 2: 1 }, max: 4 }),
  items,
  expected: naive("over", [0.5, 0.25, 0.25], { max: 4 }),
});
operatorLaws<Item, Item>("resample({ target, rate })", {
  operator: () => resample({ target: [1, 1, 2], rate: 1.5, seed: 8 }),
  items,
  expected: naive("even", [0.25, 0.25, 0.5], { seed: 8, rate: 1.5 }),
});

const cases = fc.record({
  shares: fc.array(fc.double({ min: 0.1, max: 1, noNaN: true }), { minLength: 2, maxLength: 4 }),
  wanted: fc.array(fc.double({ min: 0.2, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }),
  seed: fc.integer(),
});
const normal = (shares: readonly number[]): number[] => {
  const sum = shares.reduce((a, b) => a + b);
  return shares.map((s) => s / sum);
};

test.each([
  ["undersample()", undersample],
  ["oversample()", oversample],
  ["resample()", resample],
])("%s brings the classes of a long stream to within 2 % of their shares", async (_, operator) => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ shares, wanted, seed }) => {
      const target = normal(wanted.slice(0, shares.length));
      const out = await all(from(stream(30_000, normal(shares), seed)).pipe(operator({ target, seed })));
      target.forEach((f, c) => {
        expect(Math.abs(share(out, c) - f)).toBeLessThan(0.02);
      });
    }),
    { numRuns: 8, seed: 1 }, // samples are random: the bound is one of probability
  );
});

test("undersample(), oversample() and resample() make halves of one in a hundred", async () => {
  const rare = stream(100_000, [0.99, 0.01]);
  const target = [1, 1];
  const [under, over, even] = await Promise.all(
    [undersample({ target }), oversample({ target }), resample({ target, rate: 0.1 })].map((operator) =>
      all(from(rare).pipe(operator)),
    ),
  );
  for (const out of [under!, over!, even!]) expect(Math.abs(share(out, 1) - 0.5)).toBeLessThan(0.02);
  const count = rare.filter(({ y }) => y === 1).length;
  expect(under!.filter(({ y }) => y === 1)).toHaveLength(count); // all of the rare ones
  expect(over!.filter(({ y }) => y === 0)).toHaveLength(rare.length - count); // each of the others once
  expect(Math.abs(even!.length / rare.length - 0.1)).toBeLessThan(0.01);
});

test("undersample() with forgetting follows shares that change", async () => {
  const turning = [...stream(20_000, [0.9, 0.1]), ...stream(20_000, [0.1, 0.9], 2)];
  const late = (out: readonly Item[]) => out.slice(-2000);
  const target = { 0: 1, 1: 1 };
  const followed = await all(from(turning).pipe(undersample({ target, forgetting: { halfLife: 1000 } })));
  const stiff = await all(from(turning).pipe(undersample({ target })));
  expect(Math.abs(share(late(followed), 1) - 0.5)).toBeLessThan(0.04);
  expect(share(late(stiff), 1)).toBeGreaterThan(0.8);
});

test("oversample() with max lets no sample of a rare class burst", async () => {
  const first = [...stream(1000, [1, 0]), { x: [0], y: 1 }];
  const burst = await all(from(first).pipe(oversample({ target: [1, 1] })));
  const bounded = await all(from(first).pipe(oversample({ target: [1, 1], max: 10 })));
  expect(burst.length).toBeGreaterThan(1500);
  expect(bounded.length).toBeLessThan(1040);
});

test("undersample() takes one-hot rows, and hands on what is not finite for train to decide about", async () => {
  const hot = (y: number) => [Number(y === 0), Number(y === 1)];
  const plain = await all(from(items.slice(0, 30)).pipe(undersample({ target: [1, 1, 1], seed: 4 })));
  const rows = items.slice(0, 30).map(({ x, y }) => ({ x, y: [...hot(y), Number(y === 2)] }));
  const coded = await all(from(rows).pipe(undersample({ target: [1, 1, 1], seed: 4 })));
  expect(coded.map(({ x }) => x)).toEqual(plain.map(({ x }) => x));
  const bad = { x: [1], y: Number.NaN };
  expect(await all(of(bad, bad).pipe(undersample({ target: [1, 1] })))).toEqual([bad, bad]);
});

test("undersample() is an error on classes that the target does not have, and on what is no class", async () => {
  const operator = undersample({ target: [1, 1] });
  await expect(all(of({ x: [1], y: 2 }).pipe(operator))).rejects.toThrow(
    "undersample() expects classes of the target (0, 1), got 2",
  );
  await expect(all(of({ x: [1], y: 0.5 }).pipe(operator))).rejects.toThrow(
    "undersample() expects targets that are classes, got 0.5 in row 0",
  );
});

const misbuilt: [build: () => unknown, message: string][] = [
  [() => undersample({ target: [1] }), "undersample() expects shares of at least 2 classes as target, got 1"],
  [
    () => undersample({ target: 2 as never }),
    "undersample() expects shares of classes as target, such as [1, 1], got 2",
  ],
  [() => oversample({ target: [1, 0] }), "oversample() expects a number above 0 as share of class 1, got 0"],
  [
    () => oversample({ target: [1, 1], max: 0.5 }),
    "oversample() expects a number of at least 1 as max, got 0.5",
  ],
  [
    () => resample({ target: [1, 1], rate: 0 }),
    "resample() expects a number of at least 5e-324 as rate, got 0",
  ],
  [
    () => undersample({ target: [1, 1], rate: 2 } as never),
    "undersample() expects options named target, seed, forgetting, live, got rate",
  ],
  [
    () => resample({ target: [1, 1], seed: Number.NaN }),
    "resample() expects a finite number as seed, got NaN",
  ],
];

test.each(misbuilt.map(([build, message]) => [message, build] as const))("%s", (message, build) => {
  expect(build).toThrow(expect.objectContaining({ name: "InvalidInputError", message }));
});

test("oversample() keeps other fields in the type", () => {
  const out$ = of({ x: [1], y: 0, id: "a" }).pipe(oversample({ target: [1, 1] }));
  expectTypeOf(out$.pipe(map(({ id }) => id))).toEqualTypeOf<Observable<string>>();
  // @ts-expect-error a number is no sample
  of(1).pipe(undersample({ target: [1, 1] }));
});

test("undersample(), oversample() and resample() take samples of sparse inputs", async () => {
  const samples = [0, 0, 1].map((y): SparseSample => ({ x: sparse([[[y, 2]]], 50), y }));
  const target = { target: [2, 1] };
  const all = await lastValueFrom(
    from(samples).pipe(undersample(target), oversample(target), resample(target), toArray()),
  );
  expect(all.every((one) => samples.includes(one))).toBe(true);
  expectTypeOf(all).toEqualTypeOf<SparseSample[]>();
});
