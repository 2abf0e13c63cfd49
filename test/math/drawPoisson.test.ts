import { expect, test } from "vitest";
import { drawPoisson } from "../../src/math/drawPoisson.ts";
import { random } from "../../src/math/random.ts";

test.each([0.05, 0.9, 4, 60])(
  "drawPoisson() of rate %d has its mean, its variance and its share of zeros",
  (rate) => {
    const rng = random(3);
    const n = 20_000;
    const draws = Array.from({ length: n }, () => drawPoisson(rng, rate));
    const mean = draws.reduce((a, b) => a + b) / n;
    const variance = draws.reduce((sum, k) => sum + (k - mean) ** 2, 0) / n;
    const zeros = draws.filter((k) => k === 0).length / n;
    expect(draws.every((k) => Number.isInteger(k) && k >= 0)).toBe(true);
    expect(Math.abs(mean - rate)).toBeLessThan(4 * Math.sqrt(rate / n));
    expect(Math.abs(variance - rate)).toBeLessThan(4 * Math.sqrt((2 * rate ** 2 + rate) / n));
    expect(Math.abs(zeros - Math.exp(-rate))).toBeLessThan(4 * Math.sqrt(Math.exp(-rate) / n) + 1e-12);
  },
);

test("drawPoisson() gives nothing at rate 0, and the same from the same state", () => {
  expect(drawPoisson(random(1), 0)).toBe(0);
  expect(drawPoisson(random(5), 7)).toBe(drawPoisson(random(5), 7));
});
