import fc from "fast-check";
import { isInvalidInput, matrix, toRows, vector, zeros } from "rxgrad";
import { expect, it } from "vitest";
import { erf } from "../../src/math/erf.ts";
import { logistic, softplusOf } from "../../src/math/functions.ts";
import { finite, invalid, whole } from "../../src/math/invalid.ts";
import { copyOf, shapeOf } from "../../src/math/matrix.ts";
import { eachRange, norm } from "../../src/math/vector.ts";

it("matrix() lays rows out one after another, in float64", () => {
  const m = matrix([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  expect([m.rows, m.cols]).toEqual([2, 3]);
  expect(m.data).toEqual(Float64Array.of(1, 2, 3, 4, 5, 6));
});

it("matrix() takes typed arrays as rows", () => {
  expect(matrix([Float32Array.of(1, 2), Uint8Array.of(3, 4)]).data).toEqual(Float64Array.of(1, 2, 3, 4));
});

it("matrix() refuses rows of different lengths, saying which", () => {
  expect(() => matrix([[1, 2], [3]])).toThrow("matrix() expects 2 numbers in every row, got 1 in row 1");
});

it("matrix() of nothing is 0 × 0", () => {
  expect(shapeOf(matrix([]))).toBe("0 × 0");
  expect(shapeOf(matrix([[], []]))).toBe("2 × 0");
});

it("toRows() is the inverse of matrix()", () => {
  const rows = fc
    .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }))
    .chain(([r, c]) =>
      fc.array(fc.array(fc.double(), { minLength: c, maxLength: c }), { minLength: r, maxLength: r }),
    );
  fc.assert(
    fc.property(rows, (given) => {
      expect(toRows(matrix(given))).toEqual(given);
    }),
  );
});

it("zeros() has the precision that it is asked for", () => {
  expect(zeros(2, 3).data).toEqual(new Float64Array(6));
  expect(zeros(2, 3, "float32").data).toEqual(new Float32Array(6));
});

it("copyOf() shares no memory with the original", () => {
  const m = matrix([[1, 2]]);
  const copy = copyOf(m);
  m.data[0] = 9;
  expect(toRows(copy)).toEqual([[1, 2]]);
});

it("vector() has one segment, and zeros() of the same layout", () => {
  const v = vector([1, 2, 3]);
  expect([...v.data]).toEqual([1, 2, 3]);
  expect(v.segments).toEqual([{ name: "w", offset: 0, rows: 1, cols: 3 }]);
  expect([...v.zeros().data]).toEqual([0, 0, 0]);
  expect(v.zeros().segments).toEqual(v.segments);
});

it("eachRange() visits all of a vector, or with lazy only the touched rows of sparse segments", () => {
  const touched = { rows: Int32Array.of(2, 0, 0), count: 2 };
  const v = vector(new Float64Array(8), {
    segments: [
      { name: "W", offset: 0, rows: 3, cols: 2, touched },
      { name: "b", offset: 6, rows: 1, cols: 2 },
    ],
  });
  const ranges = (lazy: boolean) => {
    const seen: [number, number][] = [];
    eachRange(v, lazy, (from, to) => seen.push([from, to]));
    return seen;
  };
  expect(ranges(false)).toEqual([[0, 8]]);
  expect(ranges(true)).toEqual([
    [4, 6],
    [0, 2],
    [6, 8],
  ]);
});

it("norm() is the length of a vector", () => {
  expect(norm(vector([3, 4]))).toBe(5);
});

// from Python's math.erf
it.each([
  [0, 0],
  [1e-10, 1.1283791670955126e-10],
  [0.5, 0.5204998778130465],
  [1, 0.8427007929497149],
  [2.5, 0.999593047982555],
  [4, 0.9999999845827421],
  [7, 1],
])("erf(%d) is %d, and odd", (x, y) => {
  expect(Math.abs(erf(x) - y)).toBeLessThanOrEqual(2e-15 * Math.max(y, 1e-16));
  expect(erf(-x)).toBe(-erf(x));
});

it("logistic() and softplusOf() do not overflow on either side", () => {
  expect([logistic(-800), logistic(800), logistic(0)]).toEqual([0, 1, 0.5]);
  expect(logistic(-40)).toBeCloseTo(Math.exp(-40), 25);
  expect([softplusOf(-800), softplusOf(800)]).toEqual([0, 800]);
  expect(softplusOf(0)).toBe(Math.LN2);
});

it("invalid() says who refused what, and isInvalidInput() knows it", () => {
  const error = invalid("dense(2, 8)", "2 columns", "3");
  expect(error).toMatchObject({
    name: "InvalidInputError",
    message: "dense(2, 8) expects 2 columns, got 3",
    actor: "dense(2, 8)",
    expected: "2 columns",
    got: "3",
  });
  expect(isInvalidInput(error)).toBe(true);
  expect([new Error("no"), { name: "InvalidInputError" }, undefined].map(isInvalidInput)).toEqual([
    false,
    false,
    false,
  ]);
});

it.each([
  [{ min: 0 }, -1, "f() expects a number of at least 0 as p, got -1"],
  [{ max: 1 }, 2, "f() expects a number of at most 1 as p, got 2"],
  [{ min: 0, max: 1 }, Number.NaN, "f() expects a number from 0 to 1 as p, got NaN"],
  [{}, Number.POSITIVE_INFINITY, "f() expects a finite number as p, got Infinity"],
  [undefined, "3" as unknown as number, "f() expects a finite number as p, got 3"],
])("finite() refuses numbers out of range: %j", (range, value, message) => {
  expect(() => finite("f()", "p", value, range)).toThrow(expect.objectContaining({ message }));
});

it("finite() and whole() pass on what is in range", () => {
  expect([finite("f()", "p", 0.5, { min: 0.5, max: 0.5 }), whole("f()", "n", 0, 0)]).toEqual([0.5, 0]);
});
