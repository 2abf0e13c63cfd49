import { firstValueFrom, take, toArray } from "rxjs";
import { describe, expect, it } from "vitest";
import { agrawal } from "../../src/streams/agrawal.ts";
import { conceptDrift } from "../../src/streams/conceptDrift.ts";
import { friedman } from "../../src/streams/friedman.ts";
import { ledDisplay } from "../../src/streams/ledDisplay.ts";
import { paced } from "../../src/streams/paced.ts";
import { randomRbf } from "../../src/streams/randomRbf.ts";
import { rotatingHyperplane } from "../../src/streams/rotatingHyperplane.ts";
import { sea } from "../../src/streams/sea.ts";
import { sineConcept } from "../../src/streams/sineConcept.ts";
import { stagger } from "../../src/streams/stagger.ts";
import type { Pullable, SyntheticOptions, SyntheticSample } from "../../src/streams/synthetic.ts";

type Samples = readonly SyntheticSample[];

const mean = (all: readonly number[]) => all.reduce((a, b) => a + b, 0) / all.length;
const shareOf = (samples: Samples, y = 1) => mean(samples.map((s) => Number(s.y === y)));
const column = (samples: Samples, j: number) => samples.map(({ x }) => x[j]!);

const streams: Readonly<Record<string, (o: SyntheticOptions) => Pullable<SyntheticSample>>> = {
  "sea()": (o) => sea(1, { noise: 0.1, ...o }),
  "rotatingHyperplane()": (o) => rotatingHyperplane(o),
  "agrawal()": (o) => agrawal(3, { perturbation: 0.1, ...o }),
  "friedman()": (o) => friedman({ drift: "globalGradual", positions: [10, 20], transition: 5, ...o }),
  "ledDisplay()": (o) => ledDisplay({ swapped: 2, ...o }),
  "randomRbf()": (o) => randomRbf({ speed: 0.01, ...o }),
  "sineConcept()": (o) => sineConcept(2, { irrelevant: 2, balanced: true, ...o }),
  "stagger()": (o) => stagger(1, { balanced: true, ...o }),
  "conceptDrift()": (o) => conceptDrift(sea(0), sea(3), { position: 10, width: 5, ...o }),
};

describe.each(Object.entries(streams))("%s", (name, make) => {
  it(`${name} makes the same samples from the same seed, for each subscriber, pushed or pulled`, async () => {
    const stream = make({ seed: 7, count: 30 });
    const pushed = await firstValueFrom(stream.pipe(toArray()));
    expect(pushed).toHaveLength(30);
    expect([...stream]).toEqual(pushed);
    expect(await firstValueFrom(stream.pipe(toArray()))).toEqual(pushed);
    expect(await firstValueFrom(paced(stream).pipe(toArray()))).toEqual(pushed);
    expect([...make({ seed: 7, count: 30 })]).toEqual(pushed);
    expect([...make({ seed: 8, count: 30 })]).not.toEqual(pushed);
  });

  it(`${name} is endless unless told, and stops when nobody listens`, async () => {
    expect(await firstValueFrom(make({ seed: 1 }).pipe(take(100), toArray()))).toEqual([
      ...make({ seed: 1, count: 100 }),
    ]);
    expect(await firstValueFrom(paced(make({ seed: 1 })).pipe(take(100), toArray()))).toHaveLength(100);
    expect([...make({ count: 0 })]).toEqual([]);
  });

  it(`${name} refuses bad options by name`, () => {
    expect(() => make({ count: -1 })).toThrow(
      `${name} expects a whole number of at least 0 as count, got -1`,
    );
    expect(() => make({ seed: Number.NaN })).toThrow(`${name} expects a finite number as seed`);
    expect(() => make({ sed: 1 } as never)).toThrow(
      new RegExp(`^${name.slice(0, -2)}\\(\\) expects options named .*seed, count, got sed$`),
    );
  });
});

it.each([
  [0, 8],
  [1, 9],
  [2, 7],
  [3, 9.5],
])("sea() labels concept %i by the threshold %d", (which, threshold) => {
  const samples = [...sea(which, { seed: 3, count: 2000 })];
  for (const { x, y } of samples) expect(y).toBe(x[0]! + x[1]! > threshold ? 1 : 0);
  expect(shareOf(samples)).toBeCloseTo(1 - threshold ** 2 / 200, 1);
  expect(Math.max(...samples.flatMap(({ x }) => x))).toBeGreaterThan(9.9);
});

it("sea() is wrong as often as it is told to be", () => {
  const wrong = [...sea(0, { seed: 3, count: 5000, noise: 0.1 })].map(({ x, y }) =>
    Number(y !== Number(x[0]! + x[1]! > 8)),
  );
  expect(Math.abs(mean(wrong) - 0.1)).toBeLessThan(0.015);
});

/** The direction that the labels show: Σ (2y − 1)·(x − ½) points where the weights point. */
const normal = (samples: Samples) =>
  samples[0]!.x.map((_, j) => mean(samples.map(({ x, y }) => (2 * y - 1) * (x[j]! - 0.5))));
const explained = (w: readonly number[], samples: Samples) =>
  mean(
    samples.map(({ x, y }) => Number(y === Number(w.reduce((s, wj, j) => s + wj * (x[j]! - 0.5), 0) >= 0))),
  );

it("rotatingHyperplane() labels by a plane through the middle", () => {
  const still = [...rotatingHyperplane({ seed: 5, count: 6000, magnitude: 0, noise: 0 })];
  expect(explained(normal(still.slice(0, 3000)), still.slice(3000))).toBeGreaterThan(0.95);
  expect(Math.abs(shareOf(still) - 0.5)).toBeLessThan(0.05);
  const noisy = [...rotatingHyperplane({ seed: 5, count: 6000, magnitude: 0, noise: 0.3 })];
  expect(mean(noisy.map((s, i) => Number(s.y === still[i]!.y)))).toBeCloseTo(0.7, 1);
});

it("rotatingHyperplane() turns", () => {
  const options = { seed: 5, count: 20_000, noise: 0, features: 4, drifting: 2, reversal: 0 };
  const turning = [...rotatingHyperplane({ ...options, magnitude: 0.001 })];
  const before = normal(turning.slice(0, 1000));
  const later = turning.slice(-2000);
  expect(explained(before, turning.slice(0, 1000))).toBeGreaterThan(0.9);
  expect(explained(before, later)).toBeLessThan(0.9);
  expect(explained(normal(later), later)).toBeGreaterThan(0.95);
});

const K = 1000;
const inside = (v: number, a: number, b: number) => v >= a * K && v <= b * K;
/** The ten functions of Agrawal, Imieliński & Swami, case by case. */
const groupA = (which: number, x: readonly number[]): boolean => {
  const [salary, commission, age, elevel, , , hvalue, hyears, loan] = x as number[] & { length: 9 };
  const [s, c, a, e, v, y, l] = [salary!, commission!, age!, elevel!, hvalue!, hyears!, loan!];
  const third = a < 40 ? 0 : a < 60 ? 1 : 2;
  const total = s + c;
  const equity = y < 20 ? 0 : 0.1 * v * (y - 20);
  switch (which) {
    case 0:
      return third !== 1;
    case 1:
      return [inside(s, 50, 100), inside(s, 75, 125), inside(s, 25, 75)][third]!;
    case 2:
      return [e <= 1, e >= 1 && e <= 3, e >= 2][third]!;
    case 3:
      if (third === 0) return e <= 1 ? inside(s, 25, 75) : inside(s, 50, 100);
      if (third === 1) return e >= 1 && e <= 3 ? inside(s, 50, 100) : inside(s, 75, 125);
      return e >= 2 ? inside(s, 50, 100) : inside(s, 25, 75);
    case 4:
      if (third === 0) return inside(s, 50, 100) ? inside(l, 100, 300) : inside(l, 200, 400);
      if (third === 1) return inside(s, 75, 125) ? inside(l, 200, 400) : inside(l, 300, 500);
      return inside(s, 25, 75) ? inside(l, 300, 500) : inside(l, 100, 300);
    case 5:
      return [inside(total, 50, 100), inside(total, 75, 125), inside(total, 25, 75)][third]!;
    case 6:
      return 0.67 * total - 0.2 * l - 20 * K > 0;
    case 7:
      return 0.67 * total - 5 * K * e - 20 * K > 0;
    case 8:
      return 0.67 * total - 5 * K * e - 0.2 * l - 10 * K > 0;
    default:
      return 0.67 * total - 5 * K * e + 0.2 * equity - 10 * K > 0;
  }
};

it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])("agrawal() labels by function %i", (which) => {
  const samples = [...agrawal(which, { seed: 2, count: 3000 })];
  const wrong = samples.filter(({ x, y }) => y !== Number(groupA(which, x)));
  // the paper's 0.67 is two thirds here: who is that close to the border may fall on either side
  expect(wrong.length).toBeLessThanOrEqual(which < 6 ? 0 : 30);
  const share = shareOf(samples);
  expect(share).toBeGreaterThan(0.2);
  expect(share).toBeLessThan(1);
});

it("agrawal() makes people of the paper", () => {
  const samples = [...agrawal(0, { seed: 4, count: 5000 })];
  const ranges = [
    [20 * K, 150 * K],
    [0, 75 * K],
    [20, 80],
    [0, 4],
    [1, 20],
    [0, 8],
    [50 * K, 1350 * K],
    [1, 30],
    [0, 500 * K],
  ];
  ranges.forEach(([from, to], j) => {
    const values = column(samples, j);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(from!);
    expect(Math.max(...values)).toBeLessThanOrEqual(to!);
    expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(0.95 * (to! - from!));
  });
  for (const { x } of samples) expect(x[1] === 0).toBe(x[0]! >= 75 * K);
});

it("agrawal() perturbs after it has labelled, and balances", () => {
  const clean = [...agrawal(1, { seed: 4, count: 400, balanced: true })];
  expect(shareOf(clean)).toBe(0.5);
  expect(clean.every(({ y }, i) => y === 1 - (i % 2))).toBe(true);
  const moved = [...agrawal(1, { seed: 4, count: 2000, perturbation: 0.3 })];
  const wrong = mean(moved.map(({ x, y }) => Number(y !== Number(groupA(1, x)))));
  expect(wrong).toBeGreaterThan(0.02);
  expect(wrong).toBeLessThan(0.5);
});

const friedmanOf = (x: readonly number[], [a, b, c, d, e]: readonly number[]) =>
  10 * Math.sin(Math.PI * x[a!]! * x[b!]!) + 20 * (x[c!]! - 0.5) ** 2 + 10 * x[d!]! + 5 * x[e!]!;
const order = { first: [0, 1, 2, 3, 4], second: [3, 4, 1, 0, 2], third: [1, 4, 3, 2, 0] };

it("friedman() follows its formula, and errs by its noise", () => {
  const rest = [...friedman({ seed: 1, count: 4000 })].map(({ x, y }) => y - friedmanOf(x, order.first));
  expect(Math.abs(mean(rest))).toBeLessThan(0.06);
  expect(Math.abs(mean(rest.map((r) => r * r)) - 1)).toBeLessThan(0.1);
  for (const { x, y } of friedman({ seed: 1, count: 100, noise: 0 }))
    expect(y).toBeCloseTo(friedmanOf(x, order.first), 10);
});

it("friedman() drifts everywhere, and back again, at its positions", () => {
  const stream = friedman({ seed: 1, count: 60, noise: 0, drift: "globalRecurring", positions: [20, 40] });
  [...stream].forEach(({ x, y }, i) => {
    expect(y).toBeCloseTo(friedmanOf(x, i < 20 || i >= 40 ? order.first : order.second), 10);
  });
});

it("friedman() drifts gradually, with both concepts as probable as each other", () => {
  const stream = friedman({
    seed: 1,
    count: 900,
    noise: 0,
    drift: "globalGradual",
    positions: [300, 600],
    transition: 200,
  });
  const concepts = [...stream].map(({ x, y }) =>
    [order.first, order.second, order.third].findIndex((o) => Math.abs(y - friedmanOf(x, o)) < 1e-9),
  );
  const count = (from: number, to: number, k: number) =>
    concepts.slice(from, to).filter((c) => c === k).length;
  expect([count(0, 300, 0), count(500, 600, 1), count(800, 900, 2)]).toEqual([300, 100, 100]);
  expect(count(300, 500, 0) + count(300, 500, 1)).toBe(200);
  expect(count(600, 800, 1) + count(600, 800, 2)).toBe(200);
  for (const n of [count(300, 500, 0), count(600, 800, 1)]) expect(Math.abs(n - 100)).toBeLessThan(30);
});

it("friedman() drifts in two regions that expand", () => {
  const positions = [20_000, 40_000, 60_000];
  const stream = friedman({ seed: 1, count: 80_000, noise: 0, drift: "localExpanding", positions });
  const shares = [0, 0, 0, 0];
  [...stream].forEach(({ x, y }, i) => {
    const [x0, x1, x2, x3, x4] = x as unknown as [number, number, number, number, number];
    const drifts = positions.filter((p) => i >= p).length;
    const low = x1 < 0.3 && x2 < 0.3 && (drifts > 2 || x3 > 0.7) && (drifts > 1 || x4 < 0.3) && drifts > 0;
    const high = x1 > 0.7 && x2 > 0.7 && (drifts > 2 || x3 < 0.3) && (drifts > 1 || x4 > 0.7) && drifts > 0;
    const expected = low
      ? 10 * x0 * x1 + 20 * (x2 - 0.5) + 10 * x3 + 5 * x4
      : high
        ? 10 * Math.cos(x0 * x1) + 20 * (x2 - 0.5) + Math.exp(x3) + 5 * x4 ** 2
        : friedmanOf(x, order.first);
    if (Math.abs(y - expected) > 1e-9) expect.fail(`sample ${i}: ${y} instead of ${expected}`);
    if (low || high) shares[drifts]! += 1 / 20_000;
  });
  [0, 2 * 0.3 ** 4, 2 * 0.3 ** 3, 2 * 0.3 ** 2].forEach((p, k) => {
    expect(Math.abs(shares[k]! - p)).toBeLessThan(0.01);
  });
});

const segments = [
  "1110111",
  "0010010",
  "1011101",
  "1011011",
  "0111010",
  "1101011",
  "1101111",
  "1010010",
  "1111111",
  "1111011",
];

it("ledDisplay() shows the digits", () => {
  const samples = [...ledDisplay({ seed: 1, count: 2000, noise: 0, irrelevant: 0 })];
  for (const { x, y } of samples) expect(x.join("")).toBe(segments[y]);
  for (let digit = 0; digit < 10; digit++) expect(Math.abs(shareOf(samples, digit) - 0.1)).toBeLessThan(0.03);
});

it("ledDisplay() inverts segments, and adds features that mean nothing", () => {
  const samples = [...ledDisplay({ seed: 1, count: 3000 })];
  for (let j = 0; j < 24; j++) {
    const inverted = samples.map(({ x, y }) => Number(String(x[j]) !== (segments[y]![j] ?? "1")));
    expect(Math.abs(mean(inverted) - (j < 7 ? 0.1 : 0.5)), `feature ${j}`).toBeLessThan(0.04);
  }
});

it("ledDisplay() lets segments change places with features that mean nothing", () => {
  const samples = [...ledDisplay({ seed: 1, count: 500, noise: 0, swapped: 3 })];
  for (const { x, y } of samples) expect([...x.slice(7, 10), ...x.slice(3, 7)].join("")).toBe(segments[y]);
  expect(Math.abs(mean(column(samples, 0)) - 0.5)).toBeLessThan(0.1);
});

it("randomRbf() scatters samples around centroids that stay", () => {
  const options = { features: 3, centroids: 1, modelSeed: 9, count: 3000 };
  const samples = [...randomRbf({ ...options, seed: 1 })];
  const others = [...randomRbf({ ...options, seed: 2 })];
  expect(new Set([...samples, ...others].map(({ y }) => y)).size).toBe(1);
  for (let j = 0; j < 3; j++) {
    const [a, b] = [mean(column(samples, j)), mean(column(others, j))];
    expect(Math.abs(a - b)).toBeLessThan(0.06);
    expect(
      Math.abs(mean(column(samples.slice(0, 1000), j)) - mean(column(samples.slice(-1000), j))),
    ).toBeLessThan(0.1);
    expect(Math.abs(a - 0.5)).toBeLessThan(0.56);
  }
});

it("randomRbf() has every class, and neighbors are alike", () => {
  const samples = [...randomRbf({ seed: 3, count: 1500, classes: 3, features: 8, centroids: 12 })];
  for (const y of [0, 1, 2]) expect(shareOf(samples, y)).toBeGreaterThan(0.02);
  const [known, asked] = [samples.slice(0, 1200), samples.slice(1200)];
  const distance = (a: readonly number[], b: readonly number[]) =>
    a.reduce((s, v, j) => s + (v - b[j]!) ** 2, 0);
  const nearest = (x: readonly number[]) =>
    known.reduce((best, s) => (distance(s.x, x) < distance(best.x, x) ? s : best)).y;
  const right = mean(asked.map(({ x, y }) => Number(nearest(x) === y)));
  expect(right).toBeGreaterThan(Math.max(...[0, 1, 2].map((y) => shareOf(asked, y))) + 0.1);
});

it("randomRbf() moves the centroids that drift, within the unit cube", () => {
  const options = { seed: 1, modelSeed: 9, features: 3, centroids: 1, count: 6000 };
  const centers = (speed: number, drifting = 1) => {
    const samples = [...randomRbf({ ...options, speed, drifting })];
    return [samples.slice(0, 200), samples.slice(600, 800)].map((part) =>
      [0, 1, 2].map((j) => mean(column(part, j))),
    );
  };
  const distance = ([a, b]: number[][]) => Math.hypot(...a!.map((v, j) => v - b![j]!));
  expect(distance(centers(0.001))).toBeGreaterThan(0.2);
  expect(distance(centers(0.001, 0))).toBeLessThan(0.15);
  const far = [...randomRbf({ ...options, speed: 0.01 })];
  for (let j = 0; j < 3; j++) expect(Math.abs(mean(column(far, j)) - 0.5)).toBeLessThan(0.2);
});

it.each([0, 1, 2, 3])("sineConcept() labels concept %i by its curve", (which) => {
  const samples = [...sineConcept(which, { seed: 1, count: 2000 })];
  for (const { x, y } of samples) {
    const curve = which < 2 ? Math.sin(x[1]!) : 0.5 + 0.3 * Math.sin(3 * Math.PI * x[1]!);
    expect(y).toBe(x[0]! < curve === (which % 2 === 0) ? 1 : 0);
  }
  expect(shareOf(samples)).toBeGreaterThan(0.4);
  expect(shareOf(samples)).toBeLessThan(0.6);
});

it("sineConcept() adds numbers that mean nothing, and balances", () => {
  const samples = [...sineConcept(0, { seed: 1, count: 200, irrelevant: 2, balanced: true })];
  expect(samples.every(({ x }) => x.length === 4)).toBe(true);
  expect(shareOf(samples)).toBe(0.5);
});

it.each([
  [0, 1 / 9],
  [1, 5 / 9],
  [2, 2 / 3],
])("stagger() labels concept %i by its rule", (which, share) => {
  const samples = [...stagger(which, { seed: 1, count: 3000 })];
  for (const { x, y } of samples) {
    const [size, color, shape] = [
      ["small", "medium", "large"][x[0]!]!,
      ["red", "blue", "green"][x[1]!]!,
      ["circle", "square", "triangle"][x[2]!]!,
    ];
    const holds = [
      size === "small" && color === "red",
      color === "green" || shape === "circle",
      size !== "small",
    ][which];
    expect(y).toBe(holds ? 1 : 0);
  }
  expect(Math.abs(shareOf(samples) - share)).toBeLessThan(0.03);
  expect(shareOf([...stagger(which, { count: 100, balanced: true })])).toBe(0.5);
});

const forever = function* (name: string) {
  for (let i = 0; ; i++) yield `${name}${i}`;
};
const named = (name: string) => ({ [Symbol.iterator]: () => forever(name) });

it("conceptDrift() is abrupt with a width of 1, and pulls each stream from its beginning", () => {
  const items = [...conceptDrift(named("a"), named("b"), { position: 3, count: 6 })];
  expect(items).toEqual(["a0", "a1", "a2", "b0", "b1", "b2"]);
  expect([...conceptDrift(named("a"), named("b"), { position: 0, count: 2 })]).toEqual(["b0", "b1"]);
});

it("conceptDrift() is gradual along the sigmoid", () => {
  const seeds = Array.from({ length: 200 }, (_, seed) => seed);
  const runs = seeds.map((seed) => [
    ...conceptDrift(named("a"), named("b"), { position: 200, width: 100, seed, count: 400 }),
  ]);
  for (const t of [100, 150, 180, 200, 220, 250, 300]) {
    // ten neighbors of two hundred runs
    const seen = mean(
      runs.flatMap((run) => run.slice(t - 5, t + 5).map((item) => Number(item.startsWith("b")))),
    );
    expect(Math.abs(seen - 1 / (1 + Math.exp((-4 * (t - 200)) / 100))), `item ${t}`).toBeLessThan(0.05);
  }
});

it("conceptDrift() ends with the stream whose turn it is, and closes both", () => {
  const closed: string[] = [];
  const closing = (name: string, n: number) => ({
    *[Symbol.iterator]() {
      try {
        for (let i = 0; i < n; i++) yield `${name}${i}`;
      } finally {
        closed.push(name);
      }
    },
  });
  const drift = conceptDrift(closing("a", 9), closing("b", 2), { position: 2 });
  expect([...drift]).toEqual(["a0", "a1", "b0", "b1"]);
  expect(closed.sort()).toEqual(["a", "b"]);
  closed.length = 0;
  drift.pipe(take(3)).subscribe();
  expect(closed.sort()).toEqual(["a", "b"]);
});

it("conceptDrift() nests", () => {
  const second = conceptDrift(sea(1, { seed: 2 }), sea(2, { seed: 3 }), { position: 300 });
  const samples = [...conceptDrift(sea(0, { seed: 1 }), second, { position: 300, count: 900 })];
  samples.forEach(({ x, y }, i) => {
    expect(y).toBe(x[0]! + x[1]! > [8, 9, 7][Math.floor(i / 300)]! ? 1 : 0);
  });
});

it.each<[string, () => unknown]>([
  ["sea() expects a number of at most 3 as concept, got 4", () => sea(4)],
  ["sea() expects a number from 0 to 1 as noise, got 2", () => sea(0, { noise: 2 })],
  ["agrawal() expects a whole number of at least 0 as concept, got -1", () => agrawal(-1)],
  ["agrawal() expects a number from 0 to 1 as perturbation, got 2", () => agrawal(0, { perturbation: 2 })],
  ["sineConcept() expects a whole number of at least 0 as concept, got 0.5", () => sineConcept(0.5)],
  ["stagger() expects", () => stagger(3)],
  [
    "rotatingHyperplane() expects at most 2 as drifting, got 3",
    () => rotatingHyperplane({ features: 2, drifting: 3 }),
  ],
  [
    "rotatingHyperplane() expects a number of at least 0 as magnitude",
    () => rotatingHyperplane({ magnitude: -1 }),
  ],
  ["randomRbf() expects at most 5 as drifting, got 6", () => randomRbf({ centroids: 5, drifting: 6 })],
  ["randomRbf() expects a number from 0 to 1 as speed, got 2", () => randomRbf({ speed: 2 })],
  ["ledDisplay() expects at most 2 as swapped, got 3", () => ledDisplay({ irrelevant: 2, swapped: 3 })],
  [
    "friedman() expects one of localExpanding, globalRecurring, globalGradual as drift",
    () => friedman({ drift: "none" as "globalGradual" }),
  ],
  [
    "friedman() expects 3 positions for localExpanding, got 2",
    () => friedman({ drift: "localExpanding", positions: [1, 2] }),
  ],
  [
    "friedman() expects a whole number of at least 6 as position, got 5",
    () => friedman({ drift: "globalGradual", positions: [5, 5] }),
  ],
  [
    "conceptDrift() expects a number of at least 1 as width, got 0",
    () => conceptDrift([], [], { position: 1, width: 0 }),
  ],
  [
    "conceptDrift() expects a whole number of at least 0 as position",
    () => conceptDrift([], [], { position: -1 }),
  ],
])("%s", (message, make) => {
  expect(make).toThrow(message);
});
