import { describe, expect, test } from "vitest";
import { classBalancedReservoir } from "../../src/folds/classBalancedReservoir.ts";
import type { Memory, Rows } from "../../src/folds/memory.ts";
import { newest } from "../../src/folds/newest.ts";
import { prioritized } from "../../src/folds/prioritized.ts";
import { reservoir } from "../../src/folds/reservoir.ts";
import { matrix } from "../../src/math/matrix.ts";
import { random } from "../../src/math/random.ts";
import { sparse } from "../../src/math/sparse.ts";

const row = (x: number, y = 0): Rows => ({ x: matrix([[x]]), y: matrix([[y]]) });
const offered = <State>(memory: Memory<State>, rows: readonly Rows[], state = memory.init()): State =>
  rows.reduce((s, one) => memory.step(s, one), state);
const upTo = (n: number): Rows[] => Array.from({ length: n }, (_, i) => row(i));

/** Σ (observed − expected)² / expected. */
const chiSquare = (observed: readonly number[], expected: readonly number[]): number =>
  observed.reduce((sum, o, i) => sum + (o - expected[i]!) ** 2 / expected[i]!, 0);

/** The χ² that is exceeded with a probability of 0.01 (Wilson & Hilferty, 1931). */
const critical = (degrees: number): number => {
  const c = 2 / (9 * degrees);
  return degrees * (1 - c + 2.3263 * Math.sqrt(c)) ** 3;
};

const members: Readonly<Record<string, (seed: number) => Memory>> = {
  reservoir: (seed) => reservoir(5, { seed }),
  classBalancedReservoir: (seed) => classBalancedReservoir(5, { seed }),
  newest: (seed) => newest(5, { seed }),
  prioritized: (seed) => prioritized(reservoir(5, { seed }), { seed }),
};

describe.each(Object.entries(members))("%s()", (name, make) => {
  test(`${name}() draws the same from the same state, also after JSON, and moves on`, () => {
    const memory = make(1);
    const state = offered(memory, upTo(30));
    const saved = JSON.parse(JSON.stringify(state));
    const first = [memory.sample(state, 3), memory.sample(state, 3), memory.sample(state, 3)];
    expect([memory.sample(saved, 3), memory.sample(saved, 3), memory.sample(saved, 3)]).toEqual(first);
    expect(new Set(first.map(({ slots }) => slots.join())).size).toBeGreaterThan(1);
  });

  test(`${name}() draws nothing from nothing, and slots that are taken from others`, () => {
    const memory = make(2);
    const state = memory.init();
    expect(memory.sample(state, 4).slots).toEqual([]);
    offered(memory, upTo(3), state);
    for (let i = 0; i < 50; i++)
      for (const slot of memory.sample(state, 2).slots) expect(slot).toBeLessThan(3);
  });

  test(`${name}() keeps copies, and writes them where the old ones were`, () => {
    const memory = make(3);
    const state = memory.init();
    const x = matrix([[1, 2]]);
    for (let i = 0; i < 5; i++) offered(memory, [{ x, y: matrix([[0]]) }], state);
    const before = memory.kept(state).map((one) => one.x);
    x.data.fill(7);
    expect(before).toEqual([1, 2, 3, 4, 5].map(() => [1, 2]));
    for (let i = 0; i < 50; i++) offered(memory, [{ x, y: matrix([[0]]) }], state);
    memory.kept(state).forEach((one, i) => {
      expect(one.x).toBe(before[i]);
    });
    expect(memory.kept(state)).toHaveLength(5);
  });

  test(`${name}() keeps sparse rows as they are, and answers where there are some`, () => {
    const memory = make(4);
    const x = sparse(
      [
        [
          [3, 0.5],
          [90, 2],
        ],
        [],
      ],
      100,
    );
    const state = offered(memory, [
      {
        x,
        y: matrix([[1], [2]]),
        answer: matrix([
          [9, 8],
          [7, 6],
        ]),
      },
    ]);
    expect(memory.read(state)).toEqual([
      { x: [0.5, 2], columns: [3, 90], y: [1], weight: 1, answer: [9, 8] },
      { x: [], columns: [], y: [2], weight: 1, answer: [7, 6] },
    ]);
  });

  test(`${name}() refuses rows of another width before it changes`, () => {
    const memory = make(5);
    const state = offered(memory, upTo(3));
    const before = JSON.stringify(state);
    expect(() => offered(memory, [{ x: matrix([[1, 2]]), y: matrix([[0]]) }], state)).toThrow(
      "expects 1 columns in x, as before, got 2",
    );
    expect(() => offered(memory, [{ x: matrix([[1]]), y: matrix([[0, 1]]) }], state)).toThrow(
      "expects 1 columns in y, as before, got 2",
    );
    expect(JSON.stringify(state)).toBe(before);
  });

  test(`${name}() prints as its own source`, () => {
    const { source } = make(6);
    const all = { reservoir, classBalancedReservoir, newest, prioritized };
    const again = new Function(...Object.keys(all), `return ${source}`)(...Object.values(all)) as Memory;
    expect(again.source).toBe(source);
    expect(again.capacity).toBe(5);
  });
});

test("reservoir() keeps every row as likely as any other: χ² over 10 000 trials", () => {
  const [trials, n, k] = [10_000, 50, 10];
  const memory = reservoir(k);
  const rows = upTo(n);
  const counts = new Array<number>(n).fill(0);
  for (let seed = 0; seed < trials; seed++) {
    const state = offered(reservoir(k, { seed }), rows);
    for (const { x } of memory.kept(state)) counts[x[0]!]!++;
  }
  // rows are kept without replacement, which makes counts less spread out by 1 − k/n
  const χ2 =
    chiSquare(
      counts,
      counts.map(() => (trials * k) / n),
    ) /
    (1 - k / n);
  expect(χ2).toBeLessThan(critical(n - 1));
  expect(χ2).toBeGreaterThan((n - 1) / 2); // nor is it too even
});

test("reservoir() draws every set of slots as likely as any other", () => {
  const memory = reservoir(5);
  const state = offered(memory, upTo(5));
  const counts = new Map<string, number>();
  for (let i = 0; i < 10_000; i++) {
    const { slots } = memory.sample(state, 2);
    const set = [...slots].sort().join();
    counts.set(set, (counts.get(set) ?? 0) + 1);
  }
  expect(counts.size).toBe(10);
  expect(chiSquare([...counts.values()], Array(10).fill(1000))).toBeLessThan(critical(9));
});

test("classBalancedReservoir() keeps all of a rare class, and as many of those that are not", () => {
  const rng = random(1);
  const memory = classBalancedReservoir(60);
  const rows = Array.from({ length: 5000 }, (_, i) =>
    row(i, i % 500 === 499 ? 2 : rng.below(10) === 0 ? 1 : 0),
  );
  const kept = memory.kept(offered(memory, rows));
  const count = (label: number) => kept.filter(({ y }) => y[0] === label).length;
  expect(count(2)).toBe(10);
  expect([count(0), count(1)]).toEqual([25, 25]);
});

test("classBalancedReservoir() keeps a class that is over, which a reservoir of all would forget", () => {
  const rows = Array.from({ length: 10_000 }, (_, i) => row(i, i < 100 ? 0 : 1));
  const count = (memory: Memory) => memory.kept(offered(memory, rows)).filter(({ y }) => y[0] === 0).length;
  expect(count(classBalancedReservoir(50))).toBe(25);
  expect(count(reservoir(50))).toBeLessThan(5);
});

test("classBalancedReservoir() goes by the largest of one-hot columns, and refuses what is no class", () => {
  const memory = classBalancedReservoir(2);
  const hot = (...y: number[]): Rows => ({ x: matrix([[0]]), y: matrix([y]) });
  const state = offered(memory, [hot(1, 0), hot(1, 0), hot(0, 1)]);
  expect(
    memory
      .read(state)
      .map(({ y }) => y.join())
      .sort(),
  ).toEqual(["0,1", "1,0"]);
  expect(() => offered(memory, [row(0, 0.5)])).toThrow(
    "classBalancedReservoir(2) expects targets that are classes, got 0.5 in row 0",
  );
});

test("prioritized() draws in proportion to the losses to the power of α, and weighs by their inverse to that of β", () => {
  const [alpha, beta, n] = [0.7, 0.5, 4];
  const memory = prioritized(newest(4), { alpha, beta, epsilon: 0.1 });
  const state = offered(memory, upTo(4));
  const losses = [0, 0.4, -1.9, 5];
  memory.feedback(state, [0, 1, 2, 3], losses);
  const share = losses.map((loss) => (Math.abs(loss) + 0.1) ** alpha);
  const P = share.map((p) => p / share.reduce((a, b) => a + b));
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < 5000; i++) {
    const { slots, weights } = memory.sample(state, n);
    const w = slots.map((slot) => (4 * P[slot]!) ** -beta);
    weights!.forEach((one, k) => {
      expect(one).toBeCloseTo(w[k]! / Math.max(...w), 12);
    });
    for (const slot of slots) counts[slot]!++;
  }
  // one from each share, so that counts are closer to what is expected than χ² would allow
  expect(
    chiSquare(
      counts,
      P.map((p) => 5000 * n * p),
    ),
  ).toBeLessThan(critical(3));
});

test("prioritized() gives a new row the largest priority so far", () => {
  const memory = prioritized(newest(3), { alpha: 1, epsilon: 1e-3 });
  const state = offered(memory, upTo(3));
  memory.feedback(state, [0, 1, 2], [0, 7, 0]);
  memory.feedback(state, [1], [0]);
  offered(memory, [row(9)], state); // into slot 0, the oldest
  const { slots } = memory.sample(state, 1000);
  expect(slots.filter((slot) => slot === 0).length).toBeGreaterThan(995);
});

test("prioritized() takes β as a function of the draws so far", () => {
  const memory = prioritized(newest(2), { alpha: 1, beta: (draws) => draws });
  const state = offered(memory, upTo(2));
  memory.feedback(state, [0, 1], [1, 3]);
  expect(memory.sample(state, 4).weights).toEqual([1, 1, 1, 1]); // β = 0
  expect(Math.min(...memory.sample(state, 4).weights!)).toBeCloseTo(1 / 3, 5);
  expect(Math.min(...memory.sample(state, 4).weights!)).toBeCloseTo(1 / 9, 5);
});

test("memories refuse options that are out of range or unknown", () => {
  expect(() => reservoir(0)).toThrow("reservoir(0) expects a whole number of at least 1 as capacity, got 0");
  expect(() => newest(1.5)).toThrow("as capacity, got 1.5");
  expect(() => classBalancedReservoir(3, { sed: 1 } as object)).toThrow(
    "expects options named seed, got sed",
  );
  expect(() => prioritized(500 as never)).toThrow(
    "prioritized() expects a memory, such as reservoir(500), got 500",
  );
  expect(() => prioritized(reservoir(3), { alpha: -1 })).toThrow("a number of at least 0 as alpha, got -1");
  expect(() => prioritized(reservoir(3), { epsilon: 0 })).toThrow("a number above 0 as epsilon, got 0");
  const memory = prioritized(newest(2));
  const state = offered(memory, upTo(2));
  expect(() => memory.feedback(state, [0], [Number.NaN])).toThrow("a finite number as loss, got NaN");
});
