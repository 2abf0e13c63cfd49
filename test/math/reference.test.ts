import fc from "fast-check";
import { type Matrix, random, reference, zeros } from "rxgrad";
import { describe, expect, it } from "vitest";
import { affine, sumRows, timesTransposed, transposedTimes } from "../../src/math/products.ts";

const side = fc.integer({ min: 1, max: 9 });
const shape = fc.record({ m: side, k: side, n: side, seed: fc.nat() });
type Shape = { m: number; k: number; n: number; seed: number };

const filled = (rows: number, cols: number, seed: number): Matrix => {
  const r = random(seed, rows * 31 + cols);
  const a = zeros(rows, cols);
  for (let i = 0; i < a.data.length; i++) a.data[i] = 3 * r.normal();
  return a;
};
const make = (rows: number, cols: number, f: (i: number, j: number) => number): number[] =>
  Array.from({ length: rows * cols }, (_, at) => f(Math.floor(at / cols), at % cols));
const sum = (count: number, f: (i: number) => number): number => {
  let total = 0;
  for (let i = 0; i < count; i++) total += f(i);
  return total;
};
const at = ({ cols, data }: Matrix, i: number, j: number): number => data[i * cols + j]!;
const close = (got: Matrix, want: readonly number[]): void => {
  expect(got.data.length).toBe(want.length);
  want.forEach((w, i) => {
    expect(Math.abs(got.data[i]! - w)).toBeLessThan(1e-11 * Math.max(1, Math.abs(w)));
  });
};
const always = (law: (shape: Shape) => void): void => {
  fc.assert(fc.property(shape, law), { numRuns: 60 });
};
const { add, multiply, columns, softmax, softmaxBack, logSoftmax, logSoftmaxBack, ...k64 } = reference();

describe("products", () => {
  it("affine() is A·B + b", () =>
    always(({ m, k, n, seed }) => {
      const [A, B, b, C] = [
        filled(m, k, seed),
        filled(k, n, seed + 1),
        filled(1, n, seed + 2),
        filled(m, n, 0),
      ];
      const product = make(m, n, (i, j) => sum(k, (p) => at(A, i, p) * at(B, p, j)));
      affine(m, k, n)(A, B, undefined, C);
      close(C, product);
      affine(m, k, n)(A, B, b, C);
      close(
        C,
        product.map((v, i) => v + b.data[i % n]!),
      );
    }));

  it("timesTransposed() is A·Bᵀ", () =>
    always(({ m, k, n, seed }) => {
      const [A, B, C] = [filled(m, k, seed), filled(n, k, seed + 1), filled(m, n, 0)];
      timesTransposed(m, k, n)(A, B, C);
      close(
        C,
        make(m, n, (i, j) => sum(k, (p) => at(A, i, p) * at(B, j, p))),
      );
    }));

  it("transposedTimes() is Aᵀ·B, or adds it", () =>
    always(({ m, k, n, seed }) => {
      const [A, B, C] = [filled(m, k, seed), filled(m, n, seed + 1), filled(k, n, 0)];
      const product = make(k, n, (i, j) => sum(m, (p) => at(A, p, i) * at(B, p, j)));
      transposedTimes(m, k, n)(A, B, C, false);
      close(C, product);
      transposedTimes(m, k, n)(A, B, C, true);
      close(
        C,
        product.map((v) => 2 * v),
      );
    }));

  it("sumRows() sums columns over the rows, or adds that", () =>
    always(({ m, n, seed }) => {
      const [A, c] = [filled(m, n, seed), filled(1, n, 0)];
      const sums = make(1, n, (_, j) => sum(m, (i) => at(A, i, j)));
      sumRows(m, n)(A, c, false);
      close(c, sums);
      sumRows(m, n)(A, c, true);
      close(
        c,
        sums.map((v) => 2 * v),
      );
    }));
});

describe("reference()", () => {
  it("map() and mapBack() go element by element", () =>
    always(({ m, n, seed }) => {
      const [x, y, dy, dx] = [filled(m, n, seed), zeros(m, n), filled(m, n, seed + 1), zeros(m, n)];
      k64.map(m * n, "cube()", (v) => v ** 3)(x, y);
      close(
        y,
        make(m, n, (i, j) => at(x, i, j) ** 3),
      );
      k64.mapBack(m * n, "cube()", (v, w) => 3 * v * v + w)(x, y, dy, dx);
      close(
        dx,
        make(m, n, (i, j) => at(dy, i, j) * (3 * at(x, i, j) ** 2 + at(y, i, j))),
      );
    }));

  it("add() and multiply() go element by element, also into an argument", () =>
    always(({ m, n, seed }) => {
      const [a, b] = [filled(m, n, seed), filled(m, n, seed + 1)];
      const [sums, products] = [zeros(m, n), zeros(m, n)];
      add(m * n)(a, b, sums);
      multiply(m * n)(a, b, products);
      close(
        sums,
        make(m, n, (i, j) => at(a, i, j) + at(b, i, j)),
      );
      close(
        products,
        make(m, n, (i, j) => at(a, i, j) * at(b, i, j)),
      );
      const [c, d] = [filled(m, n, seed), filled(m, n, seed)];
      add(m * n)(c, b, c);
      multiply(m * n)(b, d, d);
      expect([c.data, d.data]).toEqual([sums.data, products.data]);
    }));

  it("columns() copies a block of columns, or adds it", () =>
    always(({ m, k, n, seed }) => {
      const [x, y, before] = [filled(m, k + 2, seed), filled(m, n + k, seed + 1), filled(m, n + k, seed + 1)];
      const block = (i: number, j: number) => (j >= n ? at(x, i, 1 + j - n) : undefined);
      columns(m, k)(x, 1, y, n, false);
      close(
        y,
        make(m, n + k, (i, j) => block(i, j) ?? at(before, i, j)),
      );
      columns(m, k)(x, 1, y, n, true);
      close(
        y,
        make(m, n + k, (i, j) => (block(i, j) === undefined ? at(before, i, j) : 2 * block(i, j)!)),
      );
    }));

  it("softmax() and logSoftmax() are what they are by definition, row by row", () =>
    always(({ m, n, seed }) => {
      const [x, y] = [filled(m, n, seed), zeros(m, n)];
      const whole = (i: number) => sum(n, (j) => Math.exp(at(x, i, j)));
      softmax(m, n)(x, y);
      close(
        y,
        make(m, n, (i, j) => Math.exp(at(x, i, j)) / whole(i)),
      );
      logSoftmax(m, n)(x, y);
      close(
        y,
        make(m, n, (i, j) => at(x, i, j) - Math.log(whole(i))),
      );
      softmax(m, n)(x, x);
      close(x, [...y.data].map(Math.exp));
    }));

  it("softmaxBack() and logSoftmaxBack() multiply by the whole Jacobian", () =>
    always(({ m, n, seed }) => {
      const [x, y, dy, dx] = [filled(m, n, seed), zeros(m, n), filled(m, n, seed + 1), zeros(m, n)];
      const δ = (i: number, j: number) => (i === j ? 1 : 0);
      softmax(m, n)(x, y);
      softmaxBack(m, n)(y, dy, dx);
      close(
        dx,
        make(m, n, (r, j) => sum(n, (i) => at(dy, r, i) * at(y, r, i) * (δ(i, j) - at(y, r, j)))),
      );
      logSoftmax(m, n)(x, y);
      logSoftmaxBack(m, n)(y, dy, dx);
      close(
        dx,
        make(m, n, (r, j) => sum(n, (i) => at(dy, r, i) * (δ(i, j) - Math.exp(at(y, r, j))))),
      );
    }));

  it("normalizeRows() takes mean and deviation off each row, then scales and shifts", () =>
    always(({ m, n, seed }) => {
      const x = filled(m, n, seed);
      const [gamma, beta] = [filled(1, n, seed + 1), filled(1, n, seed + 2)];
      const [normalized, deviation, y] = [zeros(m, n), zeros(m, 1), zeros(m, n)];
      k64.normalizeRows(m, n, 0.25)(x, gamma, beta, normalized, deviation, y);
      const mean = (i: number) => sum(n, (j) => at(x, i, j)) / n;
      const σ = (i: number) => Math.sqrt(sum(n, (j) => (at(x, i, j) - mean(i)) ** 2) / n + 0.25);
      close(deviation, make(m, 1, σ));
      close(
        y,
        make(m, n, (i, j) => (gamma.data[j]! * (at(x, i, j) - mean(i))) / σ(i) + beta.data[j]!),
      );
    }));

  it("finiteSquares() and finiteDifference() find the one number that is not", () =>
    always(({ m, n, seed }) => {
      const [a, b] = [filled(m, n, seed), filled(m, n, seed + 1)];
      const finite = (x: Matrix) => k64.finiteSquares(x, 0, m * n);
      expect([finite(a), k64.finiteDifference(a, b)]).toEqual([true, true]);
      const place = seed % (m * n);
      for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        const c = filled(m, n, seed);
        c.data[place] = odd;
        expect([k64.finiteSquares(c, 0, place), k64.finiteSquares(c, place + 1, m * n)]).toEqual([
          true,
          true,
        ]);
        expect([finite(c), k64.finiteDifference(c, b), k64.finiteDifference(b, c)]).toEqual([
          false,
          false,
          false,
        ]);
      }
      a.data[place] = 1.7e308;
      b.data[place] = -1.7e308;
      expect([finite(a), k64.finiteDifference(a, b)]).toEqual([false, false]); // it is finite, and its square is not
    }));

  it("subtract() takes b off a, in place", () =>
    always(({ m, n, seed }) => {
      const [a, b] = [filled(m, n, seed), filled(m, n, seed + 1)];
      const want = make(m, n, (i, j) => at(a, i, j) - at(b, i, j));
      k64.subtract(a, b);
      close(a, want);
    }));
});
