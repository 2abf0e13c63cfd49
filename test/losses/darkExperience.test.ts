import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { categoricalCrossentropy } from "../../src/losses/categoricalCrossentropy.ts";
import { darkExperience } from "../../src/losses/darkExperience.ts";
import type { Loss } from "../../src/losses/loss.ts";
import { matrix, toRows } from "../../src/math/matrix.ts";

type Rows = number[][];
interface Training {
  alpha: number;
  beta: number;
  x: Rows;
  W: Rows;
  target: Rows;
  weight: Rows;
  prediction: Rows;
  grad: Rows;
  losses: number[];
  end: Rows;
}

const { dark } = JSON.parse(readFileSync(new URL("../fixtures/memory.json", import.meta.url), "utf8")) as {
  dark: Training[];
};
const crossentropy = categoricalCrossentropy({ fromLogits: true });

const expectClose = (actual: Rows, expected: Rows) =>
  actual.flat().forEach((a, i) => {
    expect(a).toBeCloseTo(expected.flat()[i]!, 10);
  });

describe.each(dark.map((one) => [`alpha ${one.alpha}, beta ${one.beta}`, one] as const))(
  "darkExperience() with %s",
  (_, { alpha, beta, x, W, target, weight, prediction, grad, losses, end }) => {
    const loss = darkExperience(crossentropy, { alpha, beta });

    test("darkExperience() has PyTorch's value and gradient", () => {
      const own = loss(matrix(prediction), matrix(target), matrix(weight));
      expect(own.value).toBeCloseTo(losses[0]!, 12);
      expectClose(toRows(own.grad), grad);
    });

    test("darkExperience() trains a layer as PyTorch does", () => {
      const w = W.map((row) => [...row]);
      for (const expected of losses) {
        const z = x.map((row) => w[0]!.map((_, j) => row.reduce((sum, v, k) => sum + v * w[k]![j]!, 0)));
        const { value, grad: dz } = loss(matrix(z), matrix(target), matrix(weight));
        expect(value).toBeCloseTo(expected, 10);
        const rows = toRows(dz);
        w.forEach((row, k) => {
          row.forEach((_, j) => {
            row[j]! -= 0.1 * x.reduce((sum, xi, i) => sum + xi[k]! * rows[i]![j]!, 0);
          });
        });
      }
      expectClose(w, end);
    });
  },
);

test("darkExperience() of targets without logits is the loss that it is made of", () => {
  const [z, y] = [matrix([[1, -2, 0.5]]), matrix([[2]])];
  expect(darkExperience(crossentropy)(z, y)).toEqual(crossentropy(z, y));
});

test("darkExperience() refuses what is no loss, options out of range, and marks that are neither 0 nor 1", () => {
  expect(() => darkExperience(undefined as unknown as Loss)).toThrow(
    "darkExperience() expects a loss, such as meanSquaredError(), got undefined",
  );
  expect(() => darkExperience(crossentropy, { alpha: -1 })).toThrow(
    "a number of at least 0 as alpha, got -1",
  );
  expect(() => darkExperience(crossentropy, { gamma: 1 } as object)).toThrow("options named alpha, beta");
  expect(() => darkExperience(crossentropy).check(matrix([[0, 1, 2, 0.5]]), 2)).toThrow(
    "expects 0 or 1 in the last column of targets, got 0.5 in row 0",
  );
});
