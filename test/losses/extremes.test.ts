import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { binaryCrossentropy } from "../../src/losses/binaryCrossentropy.ts";
import { categoricalCrossentropy } from "../../src/losses/categoricalCrossentropy.ts";
import { focal } from "../../src/losses/focal.ts";
import { logCosh } from "../../src/losses/logCosh.ts";
import type { Loss } from "../../src/losses/loss.ts";
import { copyOf, type Matrix, matrix, toRows } from "../../src/math/matrix.ts";

const logits = { fromLogits: true };
const float32 = (m: Matrix): Matrix => ({ ...m, data: Float32Array.from(m.data) });
const both = (p: number[][]): Matrix[] => [matrix(p), float32(matrix(p))];

const binary: Loss[] = [
  binaryCrossentropy(logits),
  focal({ gamma: 0, fromLogits: true }),
  focal(logits),
  focal({ gamma: 0.5, fromLogits: true }),
];

describe.each(binary.map((loss) => [loss.source, loss] as const))("%s", (source, loss) => {
  test(`${source} is 10⁴ for a sure and wrong logit, with gradients −1 and 1, and 0 for a sure and right one`, () => {
    for (const p of both([[-1e4], [1e4], [1e4], [-1e4]])) {
      const { value, grad } = loss(p, matrix([[1], [0], [1], [0]]));
      expect(value).toBe(5000);
      expect(toRows(grad).map(([g]) => g! * 4)).toEqual([-1, 1, 0, 0].map((g) => expect.closeTo(g, 12)));
    }
  });
});

const many: Loss[] = [
  categoricalCrossentropy(logits),
  focal({ gamma: 0, fromLogits: true }),
  focal(logits),
  focal({ gamma: 0.5, fromLogits: true }),
];

describe.each(many.map((loss) => [loss.source, loss] as const))("%s over classes", (source, loss) => {
  test(`${source} is the distance of a wrong class at ±10⁴, and 0 for the right one`, () => {
    const p = [
      [1e4, -1e4, 0],
      [1e4, -1e4, 0],
    ];
    for (const prediction of both(p)) {
      const { value, grad } = loss(prediction, matrix([[1], [0]]));
      expect(value).toBe(1e4);
      const expected = [0.5, -0.5, 0, 0, 0, 0];
      expect(Array.from(grad.data)).toEqual(expected.map((g) => expect.closeTo(g, 12)));
    }
  });

  test(`${source} bears classes that a mask has ruled out with −Infinity`, () => {
    const { value, grad } = loss(matrix([[1, Number.NEGATIVE_INFINITY, 2]]), matrix([[0]]));
    expect(Number.isFinite(value)).toBe(true);
    expect(grad.data.every(Number.isFinite)).toBe(true);
    expect(grad.data[1]).toBeCloseTo(0, 15);
  });

  test(`${source} does not change when every logit moves by the same amount`, () => {
    fc.assert(
      fc.property(fc.integer({ min: -1000, max: 1000 }), (shift) => {
        const p = matrix([[0.5, -1.25, 3]]);
        const moved = copyOf(p);
        for (let j = 0; j < 3; j++) moved.data[j]! += shift;
        expect(loss(moved, matrix([[1]])).value).toBeCloseTo(loss(p, matrix([[1]])).value, 9);
      }),
    );
  });
});

const fromProbabilities: [Loss, number][] = [
  [binaryCrossentropy(), 1],
  [focal({ gamma: 0 }), 1],
  [focal(), 1],
  [focal({ gamma: 0.5 }), 1],
  [categoricalCrossentropy(), 2],
  [focal({ gamma: 0 }), 2],
  [focal(), 2],
  [focal({ gamma: 0.5 }), 2],
];

describe.each(fromProbabilities.map(([loss, cols]) => [`${loss.source} of ${cols}`, loss, cols] as const))(
  "%s",
  (name, loss, cols) => {
    test(`${name} is 100 and finite for a certainty that is wrong, and 0 for one that is right`, () => {
      const rows = (p: number) => (cols === 1 ? [p] : [1 - p, p]);
      for (const [p, t, value] of [
        [0, 1, 100],
        [1, 0, 100],
        [1, 1, 0],
        [0, 0, 0],
      ] as const) {
        const result = loss(matrix([rows(p)]), matrix([[t]]));
        expect(result.value).toBeCloseTo(value, 12);
        expect(result.grad.data.every(Number.isFinite)).toBe(true);
      }
    });

    test(`${name} says that a logit is no probability`, () => {
      const p = cols === 1 ? [3] : [3, 0.5];
      expect(() => loss(matrix([p]), matrix([[0]]))).toThrow(
        expect.objectContaining({
          name: "Error", // not InvalidInputError: "skip" must not drop every batch of a net that is wrongly built
          message: `${loss.source} expects predictions from 0 to 1 (for logits: { fromLogits: true }), got 3`,
        }),
      );
    });

    test(`${name} forgives what rounding has put above 1`, () => {
      const p = cols === 1 ? [1 + 1e-7] : [0, 1 + 1e-7];
      expect(loss(matrix([p]), matrix([[1]])).value).toBeCloseTo(0, 12);
    });
  },
);

test("binaryCrossentropy() says the same of logits as of their sigmoids", () => {
  fc.assert(
    fc.property(
      fc.double({ min: -15, max: 15, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (z, t) => {
        const p = matrix([[1 / (1 + Math.exp(-z))]]);
        const fromLogits = binaryCrossentropy(logits)(matrix([[z]]), matrix([[t]])).value;
        expect(binaryCrossentropy()(p, matrix([[t]])).value).toBeCloseTo(fromLogits, 8);
      },
    ),
  );
});

test("categoricalCrossentropy() of two classes is binaryCrossentropy() of their difference", () => {
  fc.assert(
    fc.property(fc.double({ min: -50, max: 50, noNaN: true }), fc.integer({ min: 0, max: 1 }), (z, t) => {
      const two = categoricalCrossentropy(logits)(matrix([[1, 1 + z]]), matrix([[t]])).value;
      expect(two).toBeCloseTo(binaryCrossentropy(logits)(matrix([[z]]), matrix([[t]])).value, 9);
    }),
  );
});

test("categoricalCrossentropy() keeps the small loss of a class that is all but sure", () => {
  const { value } = categoricalCrossentropy(logits)(matrix([[40, 0, 0]]), matrix([[0]]));
  expect(value / (2 * Math.exp(-40))).toBeCloseTo(1, 12);
});

test("logCosh() does not overflow, and is the distance less ln 2 far out", () => {
  for (const p of both([[1e4, -1e4]])) {
    const { value, grad } = logCosh()(p, matrix([[0, 0]]));
    expect(value).toBeCloseTo(1e4 - Math.LN2, 9);
    expect(Array.from(grad.data)).toEqual([0.5, -0.5]);
  }
});
