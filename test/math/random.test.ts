import fc from "fast-check";
import { random } from "rxgrad";
import { expect, it } from "vitest";
import { randomFrom } from "../../src/math/random.ts";

const draw = <T>(n: number, f: () => T): T[] => Array.from({ length: n }, f);

// from an independent implementation of xoshiro128** and splitmix32 in Python
it("random() gives the numbers that xoshiro128** gives from its seed", () => {
  const r = random(1);
  expect(draw(3, r.uniform)).toEqual([0.4921462704309829, 0.35251019297667097, 0.08476320248065983]);
  expect([...r.state]).toEqual([3773018587, 2534089225, 317716336, 1602373002]);
});

it("random() has streams that are independent of each other", () => {
  const r = random(7, 3);
  expect(draw(8, () => r.below(10))).toEqual([9, 9, 4, 5, 7, 7, 6, 4]);
  expect(random(7, 2).uniform()).not.toBe(random(7, 3).uniform());
});

it("random() starts neighbouring seeds and streams far apart", () => {
  const firsts = draw(2000, () => 0).map((_, i) => random(i % 50, Math.floor(i / 50)).uniform());
  expect(new Set(firsts).size).toBe(2000);
  const mean = firsts.reduce((a, b) => a + b) / 2000;
  expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / 2000));
});

it("random() is uniform: a χ² test over 64 bins", () => {
  const r = random(11);
  const counts = new Float64Array(64);
  const n = 64_000;
  for (let i = 0; i < n; i++) {
    const u = r.uniform();
    expect(u >= 0 && u < 1).toBe(true);
    counts[Math.floor(u * 64)]!++;
  }
  const chi2 = counts.reduce((sum, c) => sum + (c - n / 64) ** 2 / (n / 64), 0);
  expect(chi2).toBeGreaterThan(63 - 4 * Math.sqrt(126));
  expect(chi2).toBeLessThan(63 + 4 * Math.sqrt(126));
});

it("random().normal() has mean 0, variance 1, no skew, and the tails of the normal distribution", () => {
  const r = random(5);
  const n = 100_000;
  const xs = draw(n, r.normal);
  const moment = (k: number) => xs.reduce((sum, x) => sum + x ** k, 0) / n;
  expect(Math.abs(moment(1))).toBeLessThan(4 / Math.sqrt(n));
  expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
  expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(15 / n));
  expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / n));
  const beyond2 = xs.filter((x) => Math.abs(x) > 2).length / n;
  expect(Math.abs(beyond2 - 0.0455)).toBeLessThan(0.003);
});

it("random().below() reaches every integer below n, and nothing else", () => {
  const r = random(2);
  expect(new Set(draw(500, () => r.below(7)))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]));
  expect(draw(20, () => r.below(1))).toEqual(draw(20, () => 0));
});

it("random().shuffle() gives a permutation, in place", () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.nat(), (items, seed) => {
      const shuffled = [...items];
      expect(random(seed).shuffle(shuffled)).toBe(shuffled);
      expect([...shuffled].sort((a, b) => a - b)).toEqual([...items].sort((a, b) => a - b));
    }),
  );
});

it("random().shuffle() gives each of the 24 orders of four about as often", () => {
  const r = random(3);
  const counts = new Map<string, number>();
  for (let i = 0; i < 24_000; i++) {
    const order = r.shuffle([0, 1, 2, 3]).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(24);
  const chi2 = [...counts.values()].reduce((sum, c) => sum + (c - 1000) ** 2 / 1000, 0);
  expect(chi2).toBeLessThan(23 + 4 * Math.sqrt(46));
});

it("randomFrom() goes on where a saved state stopped", () => {
  const r = random(9);
  draw(13, r.normal);
  const saved = r.state.slice();
  const rest = [...draw(5, r.normal), ...draw(5, r.uniform), r.below(100)];
  const again = randomFrom(saved);
  expect([...draw(5, again.normal), ...draw(5, again.uniform), again.below(100)]).toEqual(rest);
  expect(saved).toEqual(r.state); // advanced in place
});
