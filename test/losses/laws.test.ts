import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as binary from "../../src/losses/binaryCrossentropy.ts";
import * as categorical from "../../src/losses/categoricalCrossentropy.ts";
import * as darkExperience from "../../src/losses/darkExperience.ts";
import * as focal from "../../src/losses/focal.ts";
import * as hedged from "../../src/losses/hedged.ts";
import * as hinge from "../../src/losses/hinge.ts";
import * as huber from "../../src/losses/huber.ts";
import * as logCosh from "../../src/losses/logCosh.ts";
import type { Loss } from "../../src/losses/loss.ts";
import * as meanAbsoluteError from "../../src/losses/meanAbsoluteError.ts";
import * as meanSquaredError from "../../src/losses/meanSquaredError.ts";
import * as multitask from "../../src/losses/multitask.ts";
import * as pinball from "../../src/losses/pinball.ts";
import * as poisson from "../../src/losses/poisson.ts";
import { copyOf, type Matrix, matrix, toRows, zeros } from "../../src/math/matrix.ts";
import { batchOf, members } from "./members.ts";

const losses = {
  ...meanSquaredError,
  ...meanAbsoluteError,
  ...huber,
  ...logCosh,
  ...pinball,
  ...poisson,
  ...hinge,
  ...binary,
  ...categorical,
  ...focal,
  ...darkExperience,
  ...multitask,
  ...hedged,
};

/** The gradient by central differences. */
const differences = (loss: Loss, p: Matrix, t: Matrix, w: Matrix | undefined, h = 1e-5): number[] =>
  Array.from(p.data, (_, i) => {
    const at = (shift: number) => {
      const moved = copyOf(p);
      moved.data[i]! += shift;
      return loss(moved, t, w).value;
    };
    return (at(h) - at(-h)) / (2 * h);
  });

/** The largest difference, relative to the size of the numbers. */
const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let worst = 0;
  for (let i = 0; i < a.length; i++)
    worst = Math.max(worst, Math.abs(a[i]! - b[i]!) / Math.max(1e-2, Math.abs(a[i]!), Math.abs(b[i]!)));
  return worst;
};

const columnOf = (...values: number[]): Matrix => matrix(values.map((value) => [value]));
const float32 = (m: Matrix): Matrix => ({ ...m, data: Float32Array.from(m.data) });

describe.each(members.map((member) => [member[0].source, member] as const))("%s", (source, member) => {
  const [loss, cols] = member;

  test(`${source} has the gradient that finite differences have`, () => {
    for (let seed = 1; seed <= 5; seed++) {
      const [p, t] = batchOf(member, 4, seed);
      expect(distance(loss(p, t).grad.data, differences(loss, p, t, undefined))).toBeLessThan(1e-6);
      const w = columnOf(1, 0.5, 0, 3);
      expect(distance(loss(p, t, w).grad.data, differences(loss, p, t, w))).toBeLessThan(1e-6);
    }
  });

  test(`${source} changes neither prediction, target nor weights, and answers the same twice`, () => {
    const [p, t] = batchOf(member, 4);
    const w = columnOf(1, 2, 3, 4);
    const before = [p, t, w].map(toRows);
    const first = loss(p, t, w);
    expect([p, t, w].map(toRows)).toEqual(before);
    expect(loss(p, t, w)).toEqual(first);
    expect(loss(p, t, w).grad).not.toBe(first.grad);
  });

  test(`${source} writes the gradient into the matrix that it is given, over what was there`, () => {
    const [p, t] = batchOf(member, 4);
    const into = zeros(4, cols);
    into.data.fill(Number.NaN);
    const { grad } = loss(p, t, undefined, into);
    expect(grad).toBe(into);
    expect(grad.data).toEqual(loss(p, t).grad.data);
  });

  test(`${source} counts a row of weight k as k rows, but for the number of rows`, () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 2, maxLength: 5 }), (counts) => {
        const [p, t] = batchOf(member, counts.length);
        const repeat = (m: Matrix) => matrix(toRows(m).flatMap((row, i) => Array(counts[i]!).fill(row)));
        const n = counts.reduce((a, b) => a + b);
        fc.pre(n > 0);
        const weighted = loss(p, t, columnOf(...counts));
        const repeated = loss(repeat(p), repeat(t));
        expect(weighted.value * counts.length).toBeCloseTo(repeated.value * n, 10);
        const rows = toRows(weighted.grad);
        let i = 0;
        toRows(repeated.grad).forEach((row, at) => {
          while (at >= counts.slice(0, i + 1).reduce((a, b) => a + b)) i++;
          for (let j = 0; j < cols; j++)
            expect((rows[i]![j]! / counts[i]!) * counts.length).toBeCloseTo(row[j]! * n, 10);
        });
      }),
      { numRuns: 20 },
    );
  });

  test(`${source} is the mean of its rows`, () => {
    const [p, t] = batchOf(member, 5);
    const one = (m: Matrix, i: number) => matrix([toRows(m)[i]!]);
    const rows = [0, 1, 2, 3, 4].map((i) => loss(one(p, i), one(t, i)).value);
    expect(loss(p, t).value).toBeCloseTo(rows.reduce((a, b) => a + b) / 5, 12);
  });

  test(`${source} keeps to float32 where the prediction does`, () => {
    const [p, t] = batchOf(member, 4);
    const exact = loss(p, t);
    const { value, grad } = loss(float32(p), float32(t));
    expect(grad.data).toBeInstanceOf(Float32Array);
    expect(value).toBeCloseTo(exact.value, 4);
    expect(distance(grad.data, exact.grad.data)).toBeLessThan(1e-4);
    expect(loss(p, t).grad.data).toBeInstanceOf(Float64Array);
  });

  test(`${source} accepts its own targets, and refuses NaN and Infinity, naming the row`, () => {
    const [, t] = batchOf(member, 4);
    expect(() => loss.check(t, cols)).not.toThrow();
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const broken = copyOf(t);
      broken.data[2 * t.cols] = bad;
      expect(() => loss.check(broken, cols)).toThrow(expect.objectContaining({ name: "InvalidInputError" }));
      expect(() => loss.check(broken, cols)).toThrow(
        /expects targets that are finite, got (NaN|-?Infinity) in row/,
      );
    }
  });

  test(`${source} refuses shapes that do not fit, when checked and when called`, () => {
    const [p, t] = batchOf(member, 4);
    const wide = zeros(4, t.cols + 7);
    expect(() => loss.check(wide, cols)).toThrow(`got 4 × ${t.cols + 7}`);
    expect(() => loss(p, wide)).toThrow(`got 4 × ${t.cols + 7}`);
    expect(() => loss(p, zeros(3, t.cols))).toThrow(/expects 4 rows of targets, got 3 × \d/);
    expect(() => loss(p, t, zeros(4, 2))).toThrow(/expects 4 × 1 weights, got 4 × 2/);
  });

  test(`${source} prints as its own source`, () => {
    const again = new Function(...Object.keys(losses), `return ${source}`)(...Object.values(losses)) as Loss;
    expect(again.source).toBe(source);
    const [p, t] = batchOf(member, 4);
    expect(again(p, t)).toEqual(loss(p, t));
  });
});
