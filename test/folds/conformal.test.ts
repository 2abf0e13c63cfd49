import fc from "fast-check";
import { filter, lastValueFrom, map } from "rxjs";
import { describe, expect, test } from "vitest";
import { conformalInterval } from "../../src/folds/conformalInterval.ts";
import { conformalSet } from "../../src/folds/conformalSet.ts";
import { intervalAround } from "../../src/folds/intervalAround.ts";
import { rolling } from "../../src/folds/rolling.ts";
import type { Scored } from "../../src/folds/scored.ts";
import { setOf } from "../../src/folds/setOf.ts";
import { model } from "../../src/graph/model.ts";
import { chain } from "../../src/graph/plan.ts";
import { dense } from "../../src/layers/dense.ts";
import { binaryCrossentropy } from "../../src/losses/binaryCrossentropy.ts";
import { categoricalCrossentropy } from "../../src/losses/categoricalCrossentropy.ts";
import { meanSquaredError } from "../../src/losses/meanSquaredError.ts";
import { matrix, toRows } from "../../src/math/matrix.ts";
import { type Random, random } from "../../src/math/random.ts";
import { adam } from "../../src/optimizers/adam.ts";
import { conceptDrift } from "../../src/streams/conceptDrift.ts";
import { friedman } from "../../src/streams/friedman.ts";
import { minibatch } from "../../src/streams/minibatch.ts";
import { prequential } from "../../src/streams/prequential.ts";
import { randomRbf } from "../../src/streams/randomRbf.ts";
import { sea } from "../../src/streams/sea.ts";
import { withIntervals } from "../../src/streams/withIntervals.ts";
import { withSets } from "../../src/streams/withSets.ts";

const residual = (y: number): Scored => ({ prediction: matrix([[0]]), target: matrix([[y]]) });

// the guarantee, for any sequence

const bound = (coverage: number, gamma: number, n: number, batch = 1) =>
  (Math.max(coverage, 1 - coverage) + gamma * batch) / (gamma * n) + 1e-12;

const options = fc.record({
  coverage: fc.double({ min: 0.05, max: 0.99, noNaN: true }),
  gamma: fc.double({ min: 0.001, max: 0.5, noNaN: true }),
  window: fc.integer({ min: 1, max: 30 }),
});

test("conformalInterval() covers as the paper promises, whatever the numbers are", () => {
  const any = fc.array(fc.double({ min: -1e300, max: 1e300, noNaN: true }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(options, any, (chosen, ys) => {
      const f = conformalInterval(chosen);
      const { coverage, alpha } = f.read(ys.reduce((state, y) => f.step(state, residual(y)), f.init()));
      const off = 1 - coverage - (1 - chosen.coverage);
      // the sum of α_{t+1} − α_t = γ·(α − err_t), which is what the bound comes from
      expect(off).toBeCloseTo((1 - chosen.coverage - alpha[0]!) / (chosen.gamma * ys.length), 6);
      expect(Math.abs(off)).toBeLessThanOrEqual(bound(chosen.coverage, chosen.gamma, ys.length));
    }),
  );
});

test("conformalInterval() covers as the paper promises against one who sees every interval before he chooses", () => {
  const wishes = fc.array(fc.boolean(), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(options, wishes, (chosen, escapes) => {
      const f = conformalInterval(chosen);
      let state = f.init();
      for (const away of escapes) {
        const { upper = [] } = f.read(state);
        const edge = Math.min(1e300, Math.max(0, upper[0] ?? 0));
        state = f.step(state, residual(away ? 2 * edge + 1 : edge / 2));
      }
      const { coverage } = f.read(state);
      expect(Math.abs(coverage - chosen.coverage)).toBeLessThanOrEqual(
        bound(chosen.coverage, chosen.gamma, escapes.length),
      );
    }),
  );
});

test("conformalInterval() covers in batches as it promises, all rows judged by the interval from before them", () => {
  const batches = fc.array(
    fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 1, maxLength: 8 }),
    {
      minLength: 1,
      maxLength: 60,
    },
  );
  fc.assert(
    fc.property(options, batches, (chosen, all) => {
      const f = conformalInterval(chosen);
      let state = f.init();
      let [inside, n] = [0, 0];
      for (const ys of all) {
        const upper = f.read(state).upper[0] ?? Infinity;
        inside += ys.filter((y) => Math.abs(y) <= upper).length;
        n += ys.length;
        state = f.step(state, {
          prediction: matrix(ys.map(() => [0])),
          target: matrix(ys.map((y) => [y])),
        });
      }
      const { coverage, count } = f.read(state);
      expect(count).toBe(n);
      expect(coverage).toBeCloseTo(inside / n, 12);
      expect(Math.abs(coverage - chosen.coverage)).toBeLessThanOrEqual(
        bound(chosen.coverage, chosen.gamma, n, 8),
      );
    }),
  );
});

test("conformalSet() covers as the paper promises, whatever the probabilities and classes are", () => {
  const row = fc.tuple(
    fc.tuple(...Array.from({ length: 3 }, () => fc.integer({ min: 1, max: 9 }))),
    fc.integer({ min: 0, max: 2 }),
  );
  fc.assert(
    fc.property(
      options,
      fc.constantFrom("lac" as const, "aps" as const),
      fc.array(row, { minLength: 1, maxLength: 200 }),
      (chosen, score, rows) => {
        const f = conformalSet({ ...chosen, score });
        let state = f.init();
        let inside = 0;
        for (const [parts, y] of rows) {
          const all = parts.reduce((a, b) => a + b, 0);
          const prediction = matrix([parts.map((v) => v / all)]);
          inside += setOf(f.read(state), prediction).data[y]!;
          state = f.step(state, { prediction, target: matrix([[y]]) });
        }
        const { coverage } = f.read(state);
        expect(coverage).toBeCloseTo(inside / rows.length, 12);
        expect(Math.abs(coverage - chosen.coverage)).toBeLessThanOrEqual(
          bound(chosen.coverage, chosen.gamma, rows.length),
        );
      },
    ),
  );
});

// long streams, of numbers and of real learners

const count = 12_000;
const numbers: Readonly<Record<string, (t: number, rng: Random) => number>> = {
  "that stay": (_, rng) => rng.normal(),
  "whose scale jumps": (t, rng) => rng.normal() * (Math.floor(t / 1500) % 2 ? 6 : 1),
  "whose scale grows": (t, rng) => rng.normal() * (1 + (9 * t) / count),
  "whose mean wanders off": (t, rng) => t / 500 + rng.normal(),
  "with Cauchy's tails": (_, rng) => rng.normal() / rng.normal(),
  "that repeat": (_, rng) => rng.below(3),
};

describe.each(Object.entries(numbers))("conformalInterval() on numbers %s", (_, number) => {
  test.each([0.8, 0.9, 0.95])("covers %d to 0.01", (coverage) => {
    const rng = random(11);
    const f = conformalInterval({ coverage });
    let state = f.init();
    for (let t = 0; t < count; t++) state = f.step(state, residual(number(t, rng)));
    const reading = f.read(state);
    expect(Math.abs(reading.coverage - coverage)).toBeLessThan(0.01);
    expect(reading.unbounded).toBeLessThan(0.01);
  });
});

const regressor = () => model(chain(dense(10, 16, { activation: "tanh" }), dense(16, 1)), { seed: 1 });
const regressions = {
  "without drift": friedman({ count, seed: 2 }),
  "that drifts abruptly, and back": friedman({
    count,
    seed: 3,
    drift: "globalRecurring",
    positions: [4000, 8000],
  }),
  "that drifts gradually": friedman({
    count,
    seed: 4,
    drift: "globalGradual",
    positions: [3000, 8000],
    transition: 2000,
  }),
};

test.each(
  Object.entries(regressions).flatMap(([name, samples]) =>
    [1, 8].map((size) => [name, size, samples] as const),
  ),
)("withIntervals() on a regression %s, in batches of %d, covers 0.9 to 0.01", async (_, size, samples) => {
  const covered: number[] = [];
  const widths: number[] = [];
  const last = await lastValueFrom(
    samples.pipe(
      minibatch(size),
      prequential(regressor(), { loss: meanSquaredError(), optimizer: adam(0.005) }),
      withIntervals(),
      map((step) => {
        step.target.data.forEach((y, i) => {
          const [lower, upper] = [step.interval.lower.data[i]!, step.interval.upper.data[i]!];
          covered.push(Number(lower <= y && y <= upper));
          widths.push(upper - lower);
        });
        return step;
      }),
    ),
  );
  expect(covered).toHaveLength(count);
  const share = covered.reduce((a, b) => a + b) / count;
  expect(Math.abs(share - 0.9)).toBeLessThan(0.01);
  expect(last.conformal.coverage).toBeCloseTo(share, 3);
  // the noise alone needs 3.3
  expect(widths.slice(-1000).reduce((a, b) => a + b) / 1000).toBeLessThan(15);
});

test.each(["lac", "aps"] as const)(
  "withSets() with %s on classes that drift abruptly and gradually covers 0.9 to 0.01",
  async (score) => {
    const rbf = (seed: number) => randomRbf({ seed, centroids: 20, features: 4, classes: 3 });
    const drifting = conceptDrift(rbf(1), conceptDrift(rbf(2), rbf(3), { position: 4000, width: 2000 }), {
      position: 4000,
      count,
    });
    const net = model(chain(dense(4, 24, { activation: "relu" }), dense(24, 3, { activation: "softmax" })), {
      seed: 1,
    });
    let inside = 0;
    const last = await lastValueFrom(
      drifting.pipe(
        minibatch(1),
        prequential(net, { loss: categoricalCrossentropy(), optimizer: adam(0.01) }),
        withSets(conformalSet({ score })),
        map((step) => {
          inside += step.set.data[step.target.data[0]!]!;
          return step;
        }),
      ),
    );
    expect(Math.abs(inside / count - 0.9)).toBeLessThan(0.01);
    expect(last.conformal.coverage).toBeCloseTo(inside / count, 9);
    expect(last.conformal.size).toBeLessThan(2.4);
  },
);

test("withSets() on two classes of one column covers 0.95 to 0.01 under drift", async () => {
  const drifting = conceptDrift(sea(0, { noise: 0.1, seed: 1 }), sea(3, { noise: 0.1, seed: 2 }), {
    position: 5000,
    count,
  });
  const net = model(chain(dense(3, 8, { activation: "tanh" }), dense(8, 1, { activation: "sigmoid" })), {
    seed: 1,
  });
  const last = await lastValueFrom(
    drifting.pipe(
      minibatch(4),
      prequential(net, { loss: binaryCrossentropy(), optimizer: adam(0.01) }),
      withSets(conformalSet({ coverage: 0.95 })),
    ),
  );
  expect(Math.abs(last.conformal.coverage - 0.95)).toBeLessThan(0.01);
  expect([last.set.rows, last.set.cols]).toEqual([4, 2]);
});

// columns, weights, edges

test("conformalInterval() keeps columns apart, each with its coverage", () => {
  const rng = random(5);
  const rows = Array.from({ length: 500 }, () => [rng.normal(), 100 * rng.normal()]);
  const f = conformalInterval();
  const together = f.read(
    rows.reduce((s, row) => f.step(s, { prediction: matrix([[0, 0]]), target: matrix([row]) }), f.init()),
  );
  const apart = [0, 1].map((j) => f.read(rows.reduce((s, row) => f.step(s, residual(row[j]!)), f.init())));
  expect(together.upper).toEqual(apart.map(({ upper }) => upper[0]));
  expect(together.alpha).toEqual(apart.map(({ alpha }) => alpha[0]));
  expect(together.coverage).toBeCloseTo((apart[0]!.coverage + apart[1]!.coverage) / 2, 12);
});

test("conformalInterval() counts a row of weight 2 as two, and one of weight 0 not at all", () => {
  const f = conformalInterval();
  const before = f.step(f.init(), residual(1));
  const state = structuredClone(before);
  const unseen = f.step(before, { ...residual(5), weight: matrix([[0]]) });
  expect({ ...unseen, count: 1 }).toEqual(state);
  const alpha = f.read(f.step(unseen, { ...residual(1), weight: matrix([[2]]) })).alpha[0]!;
  expect(alpha - f.read(state).alpha[0]!).toBeCloseTo(2 * 0.01 * 0.1, 12);
});

test("conformalInterval() is unbounded until it can promise, empty where α is 1, and says so", () => {
  const f = conformalInterval({ coverage: 0.5, gamma: 0.4 });
  expect(f.read(f.init())).toMatchObject({ count: 0, upper: [], coverage: Number.NaN, width: Number.NaN });
  const around = intervalAround(f.read(f.init()), matrix([[1, 2]]));
  expect(toRows(around.upper)).toEqual([[Infinity, Infinity]]);
  expect(toRows(around.lower)).toEqual([[-Infinity, -Infinity]]);
  let state = f.init();
  for (let i = 0; i < 5 && f.read(state).upper[0] !== -Infinity; i++) state = f.step(state, residual(0));
  expect(f.read(state)).toMatchObject({ upper: [-Infinity], lower: [Infinity] });
});

test("intervalAround() adds the reading's offsets to each column, and refuses another width", () => {
  const reading = { lower: [-1, -10], upper: [1, 10] };
  const { lower, upper } = intervalAround(
    reading,
    matrix([
      [5, 50],
      [0, 0],
    ]),
  );
  expect(toRows(lower)).toEqual([
    [4, 40],
    [-1, -10],
  ]);
  expect(toRows(upper)).toEqual([
    [6, 60],
    [1, 10],
  ]);
  expect(() => intervalAround(reading, matrix([[1]]))).toThrow(
    "intervalAround() expects predictions of 2 columns, got 1 × 1",
  );
});

test("setOf() holds the classes whose score is no larger than the threshold", () => {
  const p = matrix([
    [0.7, 0.2, 0.1],
    [0.4, 0.35, 0.25],
  ]);
  expect(toRows(setOf({ score: "lac", threshold: 0.7 }, p))).toEqual([
    [1, 0, 0],
    [1, 1, 0],
  ]);
  expect(toRows(setOf({ score: "aps", threshold: 0.9001 }, p))).toEqual([
    [1, 1, 0],
    [1, 1, 0],
  ]);
  expect(toRows(setOf({ score: "lac", threshold: 0.3 }, matrix([[0.9], [0.2], [0.5]])))).toEqual([
    [0, 1],
    [1, 0],
    [0, 0],
  ]);
  expect(toRows(setOf({ score: "lac", threshold: Infinity }, p))).toEqual([
    [1, 1, 1],
    [1, 1, 1],
  ]);
  expect(toRows(setOf({ score: "aps", threshold: -Infinity }, p))).toEqual([
    [0, 0, 0],
    [0, 0, 0],
  ]);
});

test("rolling over conformalInterval() forgets what left the window", () => {
  const f = rolling(10, conformalInterval({ coverage: 0.5 }));
  let state = f.init();
  for (let i = 0; i < 30; i++) state = f.step(state, residual(i < 20 ? 100 : 1));
  expect(f.read(state)).toMatchObject({ count: 10, upper: [1] });
});

// what is refused, and leaves no trace

test.each([
  [{ coverage: 1 }, "a number between 0 and 1 as coverage, got 1"],
  [{ coverage: Number.NaN }, "a number between 0 and 1 as coverage, got NaN"],
  [{ gamma: 0 }, "as gamma, got 0"],
  [{ window: 0 }, "a whole number of at least 1 as window, got 0"],
  [{ windw: 3 } as object, "options named coverage, gamma, window"],
])("conformalInterval() and conformalSet() refuse %j", (bad, message) => {
  expect(() => conformalInterval(bad)).toThrow(message);
  expect(() => conformalSet(bad)).toThrow(message);
});

test("conformalSet() refuses an unknown score", () => {
  expect(() => conformalSet({ score: "raps" as "aps" })).toThrow('"lac" or "aps" as score, got raps');
});

const scored = (prediction: number[][], target: number[][], weight?: number[][]): Scored => ({
  prediction: matrix(prediction),
  target: matrix(target),
  ...(weight && { weight: matrix(weight) }),
});
const bad: readonly (readonly [string, Scored, string])[] = [
  ["a NaN target", scored([[0.5], [0.5]], [[1], [Number.NaN]]), "expects finite targets, got NaN in row 1"],
  ["a NaN prediction", scored([[0.5], [Number.NaN]], [[1], [1]]), "NaN in row 1"],
  ["an infinite target", scored([[0.5]], [[Infinity]]), "expects finite targets, got Infinity in row 0"],
  ["a NaN weight", scored([[0.5]], [[1]], [[Number.NaN]]), "expects finite weights, got NaN in row 0"],
  ["a negative weight", scored([[0.5]], [[1]], [[-1]]), "expects weights from 0 to 1e+100, got -1 in row 0"],
  ["another number of rows", scored([[0.5]], [[1], [1]]), "expects 1 rows of targets, got 2 × 1"],
];
test.each(bad)(
  "conformalInterval() and conformalSet() refuse %s, and nothing has changed",
  (_, item, message) => {
    for (const f of [conformalInterval(), conformalSet()] as const) {
      const one = f as ReturnType<typeof conformalInterval>;
      const state = one.step(one.init(), scored([[0.7]], [[1]]));
      const before = structuredClone(state);
      expect(() => one.step(state, item)).toThrow(message);
      expect(state).toEqual(before);
    }
  },
);

test("conformalInterval() refuses another width, and residuals that overflow", () => {
  const f = conformalInterval();
  const state = f.step(f.init(), residual(1));
  expect(() => f.step(state, scored([[1, 2]], [[1, 2]]))).toThrow("expects 1 columns, got 1 × 2");
  expect(() => f.step(state, scored([[-1.5e308]], [[1.5e308]]))).toThrow("expects finite residuals");
});

test("conformalSet() refuses what is no probability, and classes that there are not", () => {
  const f = conformalSet();
  expect(() => f.step(f.init(), scored([[1.5]], [[1]]))).toThrow("expects probabilities from 0 to 1");
  expect(() => f.step(f.init(), scored([[0.5, 0.5]], [[2]]))).toThrow("class indices from 0 to 1");
});

test("withIntervals() and withSets() infer the step, and refuse one that has their fields", () => {
  const step$ = friedman({ count: 3 }).pipe(
    map((_, id) => ({ id, ...residual(1) })),
    withIntervals(),
  );
  const ids: number[] = [];
  step$.pipe(filter(({ conformal }) => conformal.count > 1)).subscribe(({ id, interval }) => {
    ids.push(id);
    expect(interval.upper.rows).toBe(1);
  });
  expect(ids).toEqual([1, 2]);
  // @ts-expect-error there is an interval already
  const twice$ = step$.pipe(withIntervals());
  const errors: string[] = [];
  twice$.subscribe({ error: ({ message }) => errors.push(message) });
  expect(errors).toEqual(["withIntervals() expects items without a field of that name, got interval"]);
});
