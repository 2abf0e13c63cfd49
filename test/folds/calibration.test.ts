import { readFileSync } from "node:fs";
import { from, map, of } from "rxjs";
import { describe, expect, test } from "vitest";
import { accuracy } from "../../src/folds/accuracy.ts";
import { calibrationError } from "../../src/folds/calibrationError.ts";
import { conformalSet } from "../../src/folds/conformalSet.ts";
import { expectedAccuracy } from "../../src/folds/expectedAccuracy.ts";
import { logLoss } from "../../src/folds/logLoss.ts";
import { platt } from "../../src/folds/platt.ts";
import { readingOf } from "../../src/folds/readingOf.ts";
import type { Scored } from "../../src/folds/scored.ts";
import { solvePositive } from "../../src/folds/solvePositive.ts";
import { temperature } from "../../src/folds/temperature.ts";
import { matrix, toRows } from "../../src/math/matrix.ts";
import { random } from "../../src/math/random.ts";
import { calibrated } from "../../src/streams/calibrated.ts";
import { withIntervals } from "../../src/streams/withIntervals.ts";
import { type WithSet, withSets } from "../../src/streams/withSets.ts";

interface Case {
  readonly prediction: number[][];
  readonly target: number[][];
  readonly temperature: {
    readonly temperature: number;
    readonly loss: number;
    readonly calibrated: number[][];
  };
  readonly platt: {
    readonly slope: number;
    readonly intercepts: number[];
    readonly loss: number;
    readonly calibrated: number[][];
  };
}
const cases = Object.entries(
  JSON.parse(readFileSync(new URL("../fixtures/calibration.json", import.meta.url), "utf8")) as Record<
    "binary" | "classes",
    Case
  >,
);

/** The batch over and over, at ever smaller rates, and its rows each time in another order. */
const settled = <State extends { count: number }>(
  start: State,
  learn: (lr: number, state: State, item: Scored) => State,
  { prediction, target }: Case,
): State => {
  const rng = random(1);
  let state = start;
  for (const lr of [0.03, 0.003, 3e-4, 3e-5])
    for (let epoch = 0; epoch < Math.min(4000, 60 / lr / prediction.length + 100); epoch++) {
      const order = rng.shuffle(prediction.map((_, i) => i));
      state = learn(lr, state, {
        prediction: matrix(order.map((i) => prediction[i]!)),
        target: matrix(order.map((i) => target[i]!)),
      });
    }
  return state;
};

describe.each(cases)("of one fixed batch, %s:", (_, batch) => {
  const item = { prediction: matrix(batch.prediction), target: matrix(batch.target) };

  test("temperature() comes to what PyTorch's LBFGS finds", () => {
    const state = settled(temperature().init(), (lr, s, one) => temperature({ lr }).step(s, one), batch);
    const reading = temperature().read(state);
    const expected = batch.temperature;
    expect(Math.abs(reading.temperature / expected.temperature - 1)).toBeLessThan(2e-3);
    const prediction = reading.apply(item.prediction);
    prediction.data.forEach((p, k) => {
      expect(Math.abs(p - expected.calibrated.flat()[k]!)).toBeLessThan(1e-3);
    });
    expect(readingOf(logLoss(), [{ ...item, prediction }]) - expected.loss).toBeLessThan(1e-6);
  });

  test("platt() comes to what PyTorch's LBFGS finds", () => {
    const state = settled(platt().init(), (lr, s, one) => platt({ lr }).step(s, one), batch);
    const reading = platt().read(state);
    const expected = batch.platt;
    const mean =
      reading.intercepts.length === 1
        ? 0
        : reading.intercepts.reduce((a, b) => a + b) / reading.intercepts.length;
    expect(Math.abs(reading.slope - expected.slope)).toBeLessThan(2e-3);
    reading.intercepts.forEach((b, k) => {
      expect(Math.abs(b - mean - expected.intercepts[k]!)).toBeLessThan(5e-3);
    });
    const prediction = reading.apply(item.prediction);
    expect(readingOf(logLoss(), [{ ...item, prediction }]) - expected.loss).toBeLessThan(1e-5);
  });

  test("temperature() steps along the gradient of the log loss, by finite differences", () => {
    const [lr, h] = [1e-3, 1e-5];
    const f = temperature({ lr });
    batch.prediction.slice(0, 20).forEach((p, i) => {
      const one = { prediction: matrix([p]), target: matrix([batch.target[i]!]) };
      const at = (theta: number) => ({ ...f.init(), theta }); // its curvature is 1
      const loss = (theta: number) =>
        readingOf(logLoss(), [{ ...one, prediction: f.read(at(theta)).apply(one.prediction) }]);
      const theta = (i - 10) / 15;
      const gradient = (loss(theta + h) - loss(theta - h)) / (2 * h);
      const after = f.step(at(theta), one);
      expect(((theta - after.theta) * after.curvature) / lr).toBeCloseTo(gradient, 6);
    });
  });

  test("platt() steps along the gradient of the log loss, by finite differences", () => {
    const [lr, h] = [1e-3, 1e-5];
    const f = platt({ lr });
    batch.prediction.slice(0, 20).forEach((p, i) => {
      const one = { prediction: matrix([p]), target: matrix([batch.target[i]!]) };
      const theta = [0.8 + i / 40, ...p.map((_, k) => (k - i / 20) / 5)];
      const n = theta.length;
      const at = (some: readonly number[]) => ({
        count: 0,
        theta: [...some],
        curvature: Array.from({ length: n * n }, (_, k) => Number(k % (n + 1) === 0)),
      });
      const loss = (some: readonly number[]) =>
        readingOf(logLoss(), [{ ...one, prediction: f.read(at(some)).apply(one.prediction) }]);
      const gradient = theta.map((_, j) => {
        const [up, down] = [h, -h].map((d) => loss(theta.map((v, k) => (k === j ? v + d : v))));
        return (up! - down!) / (2 * h);
      });
      const after = f.step(at(theta), one);
      // A·(θ − θ')/η is the gradient again
      const moved = theta.map((v, k) => (v - after.theta[k]!) / lr);
      gradient.forEach((g, j) => {
        const back = moved.reduce((sum, d, k) => sum + after.curvature[j * n + k]! * d, 0);
        expect(back).toBeCloseTo(g, 6);
      });
    });
  });
});

// streams of models that are too sure of themselves

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
const softmax = (z: readonly number[]) => {
  const sum = z.reduce((a, v) => a + Math.exp(v), 0);
  return z.map((v) => Math.exp(v) / sum);
};

/** What the model says beside what comes true: its logits are `sure` times too large, and off by a shift. */
const binaryStream = (count: number, how: (t: number) => { sure: number; shift: number }): Scored[] => {
  const rng = random(8);
  return Array.from({ length: count }, (_, t) => {
    const z = 1.2 * rng.normal();
    const { sure, shift } = how(t);
    return {
      prediction: matrix([[sigmoid(sure * z + shift)]]),
      target: matrix([[Number(rng.uniform() < sigmoid(z))]]),
    };
  });
};
const classStream = (count: number, how: (t: number) => { sure: number; shift: number }): Scored[] => {
  const rng = random(9);
  return Array.from({ length: count }, (_, t) => {
    const z = [rng.normal(), rng.normal(), rng.normal(), rng.normal()];
    const { sure, shift } = how(t);
    let u = rng.uniform();
    const y = softmax(z).findIndex((p) => {
      u -= p;
      return u < 0;
    });
    return {
      prediction: matrix([softmax(z.map((v, k) => sure * v + (k === 0 ? shift : 0)))]),
      target: matrix([[Math.max(0, y)]]),
    };
  });
};

const through = (items: readonly Scored[], fold: Parameters<typeof calibrated>[0]): Scored[] => {
  const out: Scored[] = [];
  from(items)
    .pipe(calibrated(fold))
    .subscribe((step) => out.push(step));
  return out;
};
const ece = (items: readonly Scored[]) => readingOf(calibrationError(), items);

const folds = { "temperature()": () => temperature(), "platt()": () => platt() };
describe.each(Object.entries(folds))("calibrated(%s)", (name, fold) => {
  for (const [kind, make] of Object.entries({ "one column": binaryStream, "four classes": classStream })) {
    test(`makes a model of ${kind} that is too sure honest, before each target is seen`, () => {
      const raw = make(6000, () => ({ sure: 3, shift: 0 }));
      const honest = through(raw, fold());
      expect(ece(raw)).toBeGreaterThan(0.12);
      expect(ece(honest)).toBeLessThan(0.03);
      expect(readingOf(logLoss(), honest)).toBeLessThan(readingOf(logLoss(), raw) - 0.1);
    });

    test(`makes a model of ${kind} honest again after a drift, from too sure to not sure enough`, () => {
      const raw = make(8000, (t) => ({ sure: t < 4000 ? 4 : 0.4, shift: 0 }));
      const honest = through(raw, fold());
      for (const [start, end] of [
        [500, 4000],
        [4500, 8000],
      ] as const) {
        expect(ece(raw.slice(start, end))).toBeGreaterThan(0.08);
        expect(ece(honest.slice(start, end))).toBeLessThan(0.04);
      }
    });
  }

  test("leaves a model that is honest almost as it is", () => {
    const raw = binaryStream(6000, () => ({ sure: 1, shift: 0 }));
    const honest = through(raw, fold());
    expect(readingOf(logLoss(), honest) - readingOf(logLoss(), raw)).toBeLessThan(
      name === "platt()" ? 0.012 : 0.006,
    );
  });

  test("survives a model that is certain and always wrong, and finds back", () => {
    const wrong = Array.from({ length: 500 }, (_, i) => ({
      prediction: matrix([[i % 2]]),
      target: matrix([[1 - (i % 2)]]),
    }));
    const raw = [...wrong, ...binaryStream(3000, () => ({ sure: 2, shift: 0 }))];
    const honest = through(raw, fold());
    expect(honest.every(({ prediction }) => Number.isFinite(prediction.data[0]))).toBe(true);
    expect(ece(honest.slice(-1500))).toBeLessThan(0.06);
  });
});

test("platt() mends a shift, which temperature() cannot", () => {
  for (const make of [binaryStream, classStream]) {
    const raw = make(6000, () => ({ sure: 2, shift: 3 }));
    const losses = [platt(), temperature()].map((fold) =>
      readingOf(logLoss(), through(raw, fold).slice(1000)),
    );
    expect(losses[0]).toBeLessThan(losses[1]! - 0.05);
  }
});

test("calibrated() goes before withSets(), which covers as it promises", () => {
  const raw = classStream(8000, (t) => ({ sure: t < 4000 ? 3 : 0.5, shift: 0 }));
  let last: WithSet | undefined;
  from(raw)
    .pipe(calibrated(temperature()), withSets(conformalSet({ score: "aps" })))
    .subscribe((step) => {
      last = step;
    });
  expect(Math.abs(last!.conformal.coverage - 0.9)).toBeLessThan(0.01);
});

test("temperature() keeps the class that is predicted", () => {
  const raw = classStream(500, () => ({ sure: 3, shift: 1 }));
  expect(readingOf(accuracy(), through(raw, temperature()))).toBe(readingOf(accuracy(), raw));
});

test("a calibration's apply() takes rows and matrices, keeps the precision, and refuses another width", () => {
  for (const fold of [temperature({ lr: 0.5 }), platt({ lr: 0.5 })] as const) {
    const { apply, count } = readingOf<Scored, ReturnType<(typeof fold)["read"]>, never>(
      fold as never,
      classStream(50, () => ({ sure: 3, shift: 0 })),
    );
    expect(count).toBe(50);
    const p = [0.7, 0.1, 0.1, 0.1];
    expect([...apply(p)]).toEqual(toRows(apply(matrix([p])))[0]);
    expect(apply(p).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect(apply({ rows: 1, cols: 4, data: Float32Array.from(p) }).data).toBeInstanceOf(Float32Array);
    expect(() => apply([0.5, 0.5])).toThrow("expects 4 columns, got 1 × 2");
    expect(() => apply([0.5, 0.5, 0.5, 2])).toThrow("expects probabilities from 0 to 1");
  }
});

const one = matrix([[0.4]]);
test.each([
  ["a NaN target", { prediction: one, target: matrix([[Number.NaN]]) }, "finite targets, got NaN in row 0"],
  ["a NaN prediction", { prediction: matrix([[Number.NaN]]), target: one }, "finite predictions, got NaN"],
  ["a logit", { prediction: matrix([[-3]]), target: one }, "probabilities from 0 to 1"],
  ["a negative weight", { prediction: one, target: one, weight: matrix([[-1]]) }, "weights from 0 to 1e+100"],
  ["another width", { prediction: matrix([[0.5, 0.5]]), target: one }, "expects 1 columns, got 1 × 2"],
  [
    "a second row that is bad",
    { prediction: matrix([[0.5], [7]]), target: matrix([[1], [1]]) },
    "expects probabilities",
  ],
] as [string, Scored, string][])(
  "temperature() and platt() refuse %s, and nothing has changed",
  (_, item, message) => {
    for (const f of [temperature(), platt()] as unknown as ReturnType<typeof platt>[]) {
      const state = f.step(f.init(), { prediction: matrix([[0.7]]), target: matrix([[1]]) });
      const before = structuredClone(state);
      expect(() => f.step(state, item)).toThrow(message);
      expect(state).toEqual(before);
    }
  },
);

test("temperature() and platt() stay finite under every weight that they take, and a weight of 2 moves further", () => {
  const rng = random(6);
  for (const f of [temperature(), platt()] as unknown as ReturnType<typeof platt>[]) {
    for (const w of [0, 1e-9, 1e9, 1e100]) {
      let state = f.init();
      for (let t = 0; t < 300; t++)
        state = f.step(state, {
          prediction: matrix([softmax([9 * rng.normal(), 9 * rng.normal()])]),
          target: matrix([[rng.below(2)]]),
          weight: matrix([[w]]),
        });
      expect(JSON.stringify(state)).not.toContain("null");
      expect([...f.read(state).apply([0.7, 0.3])].reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    }
    const moved = [0, 1, 2].map((w) => {
      const item = { prediction: matrix([[0.99]]), target: matrix([[0]]), weight: matrix([[w]]) };
      return 0.99 - f.read(f.step(f.init(), item)).apply([0.99])[0]!;
    });
    expect(moved[0]).toBeCloseTo(0, 12);
    expect(moved[2]).toBeGreaterThan(moved[1]!);
  }
});

test("temperature() and platt() refuse rates out of range, and unknown options", () => {
  expect(() => temperature({ lr: 0 })).toThrow("temperature() expects a number from 1e-9 to 1 as lr, got 0");
  expect(() => platt({ lr: 2 })).toThrow("platt() expects a number from 1e-9 to 1 as lr, got 2");
  expect(() => platt({ rate: 1 } as object)).toThrow("options named lr, got rate");
});

test("calibrated() adds the reading, and refuses a step that has one already", () => {
  const seen: unknown[] = [];
  const step$ = from(binaryStream(3, () => ({ sure: 3, shift: 0 }))).pipe(
    map((item, id) => ({ id, ...item })),
    calibrated(temperature()),
  );
  step$.subscribe(({ id, calibration }) => seen.push([id, calibration.count, calibration.temperature > 0]));
  expect(seen).toEqual([
    [0, 1, true],
    [1, 2, true],
    [2, 3, true],
  ]);
  // @ts-expect-error there is a calibration already
  step$.pipe(calibrated(platt())).subscribe({ error: ({ message }) => seen.push(message) });
  expect(seen.at(-1)).toBe("calibrated() expects items without a field of that name, got calibration");
});

test("expectedAccuracy() of calibrated probabilities tells the accuracy to 3 points, without a label", () => {
  for (const make of [binaryStream, classStream]) {
    const raw = make(8000, (t) => ({ sure: t < 4000 ? 3 : 5, shift: 0 }));
    const honest = through(raw, temperature());
    for (const start of [500, 2000, 4500, 6000]) {
      const some = honest.slice(start, start + 1500);
      const expected = readingOf(
        expectedAccuracy(),
        some.map(({ prediction }) => ({ prediction })),
      );
      expect(Math.abs(expected - readingOf(accuracy(), some))).toBeLessThan(0.03);
    }
    expect(readingOf(expectedAccuracy(), raw) - readingOf(accuracy(), raw)).toBeGreaterThan(0.1);
  }
});

test("expectedAccuracy() refuses what is no probability, and weights that do not fit", () => {
  const f = expectedAccuracy();
  expect(() => f.step(f.init(), { prediction: matrix([[3]]) })).toThrow("expects probabilities from 0 to 1");
  expect(() => f.step(f.init(), { prediction: one, weight: matrix([[1], [1]]) })).toThrow("weights of 1 × 1");
});

test("solvePositive() solves A·x = b for a positive definite A", () => {
  const rng = random(4);
  for (const n of [1, 2, 5, 11]) {
    const M = Array.from({ length: n }, () => Array.from({ length: n }, () => rng.normal()));
    const A = M.map((a, i) => M.map((b, j) => a.reduce((s, v, k) => s + v * b[k]!, i === j ? 0.1 : 0)));
    const x = M.map(() => rng.normal());
    const b = A.map((row) => row.reduce((s, v, k) => s + v * x[k]!, 0));
    solvePositive(A.flat(), b).forEach((v, k) => {
      expect(v).toBeCloseTo(x[k]!, 9);
    });
  }
});

test("calibrated(), withSets() and withIntervals() say that steps must be scored", () => {
  const step$ = of({ id: 0, loss: 1 } as unknown as Scored);
  const seen: string[] = [];
  const failures = { error: ({ message }: Error) => seen.push(message) };
  step$.pipe(calibrated(platt())).subscribe(failures);
  step$.pipe(withSets()).subscribe(failures);
  step$.pipe(withIntervals()).subscribe(failures);
  const expected =
    "expects steps with a prediction and a target, as prequential() and train({ predictions: true }) make them, got steps without";
  expect(seen).toEqual(
    ["calibrated()", "withSets()", "withIntervals()"].map((name) => `${name} ${expected}`),
  );
});
