import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { adwin } from "../../src/folds/adwin.ts";
import { cusum } from "../../src/folds/cusum.ts";
import { ddm } from "../../src/folds/ddm.ts";
import type { DriftReading } from "../../src/folds/drift.ts";
import { eddm } from "../../src/folds/eddm.ts";
import { hddmA } from "../../src/folds/hddmA.ts";
import { hddmW } from "../../src/folds/hddmW.ts";
import { kswin } from "../../src/folds/kswin.ts";
import { pageHinkley } from "../../src/folds/pageHinkley.ts";
import type { Fold } from "../../src/math/fold.ts";
import { random } from "../../src/math/random.ts";

const golden = JSON.parse(readFileSync(new URL("../fixtures/drift.json", import.meta.url), "utf8")) as {
  readonly values: string;
  readonly errors: string;
};

type Detector = Fold<number, DriftReading, unknown>;
const detector = <State>(fold: Fold<number, DriftReading, State>): Detector => fold as unknown as Detector;

/** Where there were drifts, and the first warnings before each. */
const alarms = (fold: Detector, items: Iterable<number>) => {
  const found = { warnings: [] as number[], drifts: [] as number[] };
  let state = fold.init();
  let warned = false;
  let i = 0;
  for (const x of items) {
    state = fold.step(state, x);
    const { drift, warning } = fold.read(state);
    if (warning && !warned) found.warnings.push(i);
    if (drift) found.drifts.push(i);
    warned = !drift && (warned || warning);
    i++;
  }
  return found;
};

function* bernoulli(seed: number, ...phases: readonly (readonly [n: number, p: number])[]) {
  const rng = random(seed);
  for (const [n, p] of phases) for (let i = 0; i < n; i++) yield Number(rng.uniform() < p);
}

const all: Readonly<Record<string, () => Detector>> = {
  "adwin()": () => detector(adwin()),
  "kswin()": () => detector(kswin()),
  "pageHinkley()": () => detector(pageHinkley()),
  "cusum()": () => detector(cusum()),
  "ddm()": () => detector(ddm()),
  "eddm()": () => detector(eddm()),
  "hddmA()": () => detector(hddmA()),
  "hddmW()": () => detector(hddmW()),
};

describe("drift detectors find what River's find:", () => {
  const cases: readonly [string, Detector, keyof typeof golden, number[], number[]][] = [
    ["adwin()", detector(adwin({ delta: 0.002, clock: 32 })), "values", [], [1023]],
    ["kswin()", detector(kswin({ alpha: 0.0001, window: 100, recent: 30 })), "values", [], [1016]],
    [
      "pageHinkley()",
      detector(pageHinkley({ minItems: 30, delta: 0.005, threshold: 50, alpha: 0.9999 })),
      "values",
      [],
      [1006],
    ],
    [
      "ddm()",
      detector(ddm({ minItems: 30, warningLevel: 2, driftLevel: 3 })),
      "errors",
      [1084, 1492],
      [1334],
    ],
    [
      "eddm()",
      detector(eddm({ minErrors: 30, warningLevel: 0.8, driftLevel: 0.75 })),
      "errors",
      [1059],
      [1278],
    ],
    [
      "hddmA()",
      detector(hddmA({ driftConfidence: 0.001, warningConfidence: 0.005 })),
      "errors",
      [451],
      [1206],
    ],
    [
      "hddmW()",
      detector(hddmW({ driftConfidence: 0.001, warningConfidence: 0.005, lambda: 0.05 })),
      "errors",
      [451],
      [1077],
    ],
  ];
  it.each(cases)("%s alarms at the golden items", (_, fold, items, warnings, drifts) => {
    expect(alarms(fold, [...golden[items]].map(Number))).toEqual({ warnings, drifts });
  });
});

describe.each(Object.entries(all))("%s", (name, make) => {
  it(`${name} alarms falsely at most once in 10,000 items, whatever the rate of errors`, () => {
    const seeds = name === "kswin()" ? [1, 2] : [1, 2, 3, 4, 5, 6, 7, 8];
    for (const p of [0.02, 0.1, 0.3, 0.5]) {
      const counts = seeds.map((seed) => alarms(make(), bernoulli(seed, [10_000, p])).drifts.length);
      expect(counts.reduce((a, b) => a + b) / seeds.length, `p = ${p}`).toBeLessThanOrEqual(1);
    }
  });

  it(`${name} finds a jump of the error rate from 0.1 to 0.9 once, within 200 items`, () => {
    for (const seed of [11, 12, 13]) {
      const { drifts } = alarms(make(), bernoulli(seed, [2000, 0.1], [400, 0.9]));
      const after = drifts.filter((i) => i >= 2000);
      expect(after, `seed ${seed}`).toHaveLength(1);
      expect(after[0]).toBeLessThan(2200);
    }
  });

  it(`${name} goes on from a saved state, bit by bit`, () => {
    const items = [...bernoulli(5, [900, 0.1], [300, 0.7])];
    for (const copy of [structuredClone, <T>(state: T) => JSON.parse(JSON.stringify(state)) as T]) {
      const fold = make();
      let [state, saved] = [fold.init(), fold.init()];
      let drifts = 0;
      items.forEach((x, i) => {
        state = fold.step(state, x);
        saved = fold.step(i % 50 === 0 ? copy(saved) : saved, x);
        expect(fold.read(saved)).toEqual(fold.read(state));
        if (fold.read(state).drift) drifts++;
      });
      expect(drifts).toBeGreaterThan(0);
    }
  });

  it(`${name} refuses what is no number, and stays as it was`, () => {
    const fold = make();
    let state = fold.init();
    for (const x of bernoulli(1, [40, 0.5])) state = fold.step(state, x);
    const before = structuredClone(state);
    for (const x of [Number.NaN, Number.POSITIVE_INFINITY, "1" as unknown as number, undefined as never])
      expect(() => fold.step(state, x)).toThrow(`${name} expects`);
    expect(state).toEqual(before);
  });
});

it("adwin() keeps memory that grows with the logarithm of its window", () => {
  const fold = adwin();
  let state = fold.init();
  const buckets = () => state.rows.reduce((n, { sum }) => n + sum.length, 0);
  const items = bernoulli(3, [64_000, 0.3]);
  for (const x of items) {
    state = fold.step(state, x);
    expect(buckets()).toBeLessThanOrEqual(5 * Math.ceil(Math.log2(state.width + 1)));
  }
  expect(state.width).toBeGreaterThan(50_000);
});

it("adwin() keeps the mean of the new concept alone", () => {
  const fold = adwin();
  let state = fold.init();
  for (const x of bernoulli(4, [3000, 0.1], [3000, 0.8])) state = fold.step(state, x);
  expect(fold.read(state).estimate).toBeCloseTo(0.8, 1);
  expect(fold.read(state).count).toBeLessThanOrEqual(3064);
});

it("kswin() finds a spread that widens while the mean stays", () => {
  const rng = random(7);
  const items = Array.from({ length: 1000 }, (_, i) => rng.normal() * (i < 700 ? 0.1 : 5));
  const { drifts } = alarms(detector(kswin({ seed: 1 })), items);
  expect(drifts[0]).toBeGreaterThan(700);
  expect(drifts[0]).toBeLessThan(760);
});

it("kswin() draws other items with another seed", () => {
  const states = [1, 1, 2].map((seed) => {
    const fold = kswin({ seed });
    let state = fold.init();
    for (const x of bernoulli(1, [150, 0.5])) state = fold.step(state, x);
    return state.random;
  });
  expect(states[0]).toEqual(states[1]);
  expect(states[0]).not.toEqual(states[2]);
});

it("cusum() waits for a reference that varies", () => {
  const constant = Array.from({ length: 1000 }, () => 7);
  expect(alarms(detector(cusum()), [...constant, 8]).drifts).toEqual([]);
  expect(alarms(detector(cusum()), [...constant, 8, 8, 8, 8]).drifts).not.toEqual([]);
});

it.each([
  [
    "pageHinkley()",
    (direction: "up" | "down" | "both") => detector(pageHinkley({ direction, threshold: 20 })),
  ],
  ["cusum()", (direction: "up" | "down" | "both") => detector(cusum({ direction }))],
  ["hddmA()", (direction: "up" | "down" | "both") => detector(hddmA({ direction }))],
  ["hddmW()", (direction: "up" | "down" | "both") => detector(hddmW({ direction }))],
])("%s watches the direction that it is told to", (_, make) => {
  const rise = [...bernoulli(2, [1000, 0.2], [300, 0.8])];
  const fall = rise.map((x) => 1 - x);
  const heard = (direction: "up" | "down" | "both") =>
    [rise, fall].map((items) => alarms(make(direction), items).drifts.length > 0);
  expect(heard("up")).toEqual([true, false]);
  expect(heard("down")).toEqual([false, true]);
  expect(heard("both")).toEqual([true, true]);
});

it.each<[string, () => unknown]>([
  ["adwin() expects a number between 0 and 1 as delta, got 1", () => adwin({ delta: 1 })],
  ["adwin() expects a whole number of at least 1 as clock, got 0", () => adwin({ clock: 0 })],
  ["adwin() expects a whole number of at least 2 as maxBuckets, got 1", () => adwin({ maxBuckets: 1 })],
  ["adwin() expects a whole number of at least 1 as minWindow", () => adwin({ minWindow: 0.5 })],
  ["adwin() expects a whole number of at least 0 as gracePeriod", () => adwin({ gracePeriod: -1 })],
  ["kswin() expects a number between 0 and 1 as alpha, got 0", () => kswin({ alpha: 0 })],
  ["kswin() expects a window of at least 2 × 30 (recent), got 50", () => kswin({ window: 50 })],
  ["kswin() expects a whole number of at least 1 as recent", () => kswin({ recent: 0 })],
  ["pageHinkley() expects a whole number of at least 1 as minItems", () => pageHinkley({ minItems: 0 })],
  ["pageHinkley() expects a number of at least 0 as delta", () => pageHinkley({ delta: -1 })],
  ["pageHinkley() expects a number from 0 to 1 as alpha", () => pageHinkley({ alpha: 2 })],
  ["pageHinkley() expects a number of at least", () => pageHinkley({ threshold: 0 })],
  [
    'pageHinkley() expects "up", "down" or "both" as direction, got left',
    () => pageHinkley({ direction: "left" as "up" }),
  ],
  ["cusum() expects a whole number of at least 2 as warmup", () => cusum({ warmup: 1 })],
  ["cusum() expects a number of at least 0 as slack", () => cusum({ slack: -1 })],
  ["cusum() expects a number of at least", () => cusum({ threshold: Number.NaN })],
  ["ddm() expects a whole number of at least 1 as minItems", () => ddm({ minItems: 0 })],
  ["ddm() expects a whole number of at least 0 as minErrors", () => ddm({ minErrors: -1 })],
  ["ddm() expects a number of at least 2 as driftLevel, got 1", () => ddm({ driftLevel: 1 })],
  ["eddm() expects a number from 0 to 0.8 as driftLevel, got 0.9", () => eddm({ driftLevel: 0.9 })],
  ["eddm() expects a number from 0 to 1 as warningLevel, got 2", () => eddm({ warningLevel: 2 })],
  ["hddmA() expects a number between 0 and 1 as driftConfidence", () => hddmA({ driftConfidence: 0 })],
  ["hddmA() expects a warningConfidence of at least 0.001", () => hddmA({ warningConfidence: 1e-4 })],
  ["hddmW() expects a number from", () => hddmW({ lambda: 0 })],
])("%s", (message, make) => {
  expect(make).toThrow(message);
});

it("ddm(), eddm(), hddmA() and hddmW() refuse what is no error rate", () => {
  for (const fold of [ddm(), hddmA(), hddmW()].map((f) => detector(f as Fold<number, DriftReading>)))
    expect(() => fold.step(fold.init(), 1.5)).toThrow("expects a number from 0 to 1 as item, got 1.5");
  expect(() => eddm().step(eddm().init(), 0.5)).toThrow("eddm() expects 0 or 1 as item, got 0.5");
});
