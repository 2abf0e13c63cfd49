import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { binaryCrossentropy } from "../../src/losses/binaryCrossentropy.ts";
import { categoricalCrossentropy } from "../../src/losses/categoricalCrossentropy.ts";
import { focal } from "../../src/losses/focal.ts";
import { hinge } from "../../src/losses/hinge.ts";
import { huber } from "../../src/losses/huber.ts";
import { logCosh } from "../../src/losses/logCosh.ts";
import type { Loss } from "../../src/losses/loss.ts";
import { meanAbsoluteError } from "../../src/losses/meanAbsoluteError.ts";
import { meanSquaredError } from "../../src/losses/meanSquaredError.ts";
import { pinball } from "../../src/losses/pinball.ts";
import { poisson } from "../../src/losses/poisson.ts";
import { matrix, toRows } from "../../src/math/matrix.ts";

type Rows = number[][];
type Net = { W1: Rows; b1: Rows; W2: Rows; b2: Rows };
type Head = "identity" | "sigmoid" | "softmax" | "exp";

interface Fixtures {
  rate: number;
  x: Rows;
  net: Net;
  trainings: {
    loss: string;
    args: unknown[];
    head: Head;
    target: Rows;
    weight: Rows | null;
    prediction: Rows;
    grad: Rows;
    losses: number[];
    weights: Net;
  }[];
  points: { loss: string; args: unknown[]; prediction: Rows; target: Rows; value: number; grad: Rows }[];
}

const fixtures: Fixtures = JSON.parse(
  readFileSync(new URL("../fixtures/losses.json", import.meta.url), "utf8"),
);

const losses: Record<string, (...args: never[]) => Loss> = {
  meanSquaredError,
  meanAbsoluteError,
  huber,
  logCosh,
  pinball,
  poisson,
  hinge,
  binaryCrossentropy,
  categoricalCrossentropy,
  focal,
};

const times = (A: Rows, B: Rows): Rows =>
  A.map((row) => B[0]!.map((_, j) => row.reduce((sum, a, k) => sum + a * B[k]![j]!, 0)));
const transpose = (A: Rows): Rows => A[0]!.map((_, j) => A.map((row) => row[j]!));
const zip = (A: Rows, B: Rows, f: (a: number, b: number) => number): Rows =>
  A.map((row, i) => row.map((a, j) => f(a, B[B.length === 1 ? 0 : i]![j]!)));
const sumRows = (A: Rows): Rows => [A[0]!.map((_, j) => A.reduce((sum, row) => sum + row[j]!, 0))];
const softmax = (row: number[]): number[] => {
  const e = row.map((z) => Math.exp(z - Math.max(...row)));
  return e.map((v) => v / e.reduce((a, b) => a + b));
};

/** What the net answers to z, and how a gradient of the answer gets back to z. */
const heads: Record<Head, { f: (z: Rows) => Rows; back: (y: Rows, dy: Rows) => Rows }> = {
  identity: { f: (z) => z, back: (_, dy) => dy },
  sigmoid: {
    f: (z) => z.map((row) => row.map((v) => 1 / (1 + Math.exp(-v)))),
    back: (y, dy) => zip(dy, y, (d, v) => d * v * (1 - v)),
  },
  exp: { f: (z) => z.map((row) => row.map(Math.exp)), back: (y, dy) => zip(dy, y, (d, v) => d * v) },
  softmax: {
    f: (z) => z.map(softmax),
    back: (y, dy) =>
      dy.map((row, i) => {
        const dot = row.reduce((sum, d, j) => sum + d * y[i]![j]!, 0);
        return row.map((d, j) => y[i]![j]! * (d - dot));
      }),
  },
};

const expectClose = (actual: readonly number[], expected: readonly number[], tolerance = 1e-10) => {
  expect(actual.length).toBe(expected.length);
  actual.forEach((a, i) => {
    expect(Math.abs(a - expected[i]!)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(expected[i]!)));
  });
};

describe.each(
  fixtures.trainings.map((training, i) => {
    const { source } = losses[training.loss]!(...(training.args as never[]));
    return [`${source}${training.weight ? " with weights" : ""} (case ${i})`, training] as const;
  }),
)("%s", (name, { loss: key, args, head, target, weight, prediction, grad, losses: values, weights }) => {
  const loss = losses[key]!(...(args as never[]));
  const cols = prediction[0]!.length;
  const { x, rate, net } = fixtures;
  const [t, w] = [matrix(target), weight ? matrix(weight) : undefined];

  test(`${name} has PyTorch's gradient`, () => {
    const { value, grad: own } = loss(matrix(prediction), t, w);
    expectClose([value], [values[0]!]);
    expectClose(toRows(own).flat(), grad.flat());
    expect(() => loss.check(t, cols)).not.toThrow();
  });

  test(`${name} trains a net of two layers as PyTorch does`, () => {
    let [W1, b1] = [net.W1, net.b1];
    let [W2, b2] = [net.W2, net.b2].map((m) => m.map((row) => row.slice(0, cols))) as [Rows, Rows];
    const descend = (v: Rows, dv: Rows) => zip(v, dv, (a, d) => a - rate * d);
    for (const expected of values) {
      const h = zip(times(x, W1), b1, (a, b) => Math.tanh(a + b));
      const y = heads[head].f(zip(times(h, W2), b2, (a, b) => a + b));
      const { value, grad } = loss(matrix(y), t, w);
      expectClose([value], [expected]);
      const dz = heads[head].back(y, toRows(grad));
      const dh = zip(times(dz, transpose(W2)), h, (d, v) => d * (1 - v * v));
      [W2, b2] = [descend(W2, times(transpose(h), dz)), descend(b2, sumRows(dz))];
      [W1, b1] = [descend(W1, times(transpose(x), dh)), descend(b1, sumRows(dh))];
    }
    for (const [own, theirs] of [
      [W1, weights.W1],
      [b1, weights.b1],
      [W2, weights.W2],
      [b2, weights.b2],
    ] as const)
      expectClose(own.flat(), theirs.flat());
  });
});

const points = fixtures.points.map(
  (point) =>
    [
      `${point.loss}() at ${JSON.stringify(point.prediction)} for ${JSON.stringify(point.target)}`,
      point,
    ] as const,
);
test.each(points)("%s has PyTorch's value and gradient", (_, point) => {
  const loss = losses[point.loss]!(...(point.args as never[]));
  const { value, grad } = loss(matrix(point.prediction), matrix(point.target));
  expectClose([value], [point.value], 1e-12);
  expectClose(toRows(grad).flat(), point.grad.flat(), 5e-9); // PyTorch's bound of 1e-12 is a float32
});
