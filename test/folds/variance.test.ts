import { expect, test } from "vitest";
import { variance } from "../../src/folds/variance.ts";
import { random } from "../../src/math/random.ts";

test("variance() equals two passes to 1e-9 after 100,000 numbers around 1e9", () => {
  const rng = random(7);
  const all = Array.from({ length: 1e5 }, () => 1e9 + rng.normal());
  const m = 1e9 + all.reduce((sum, x) => sum + (x - 1e9), 0) / all.length;
  const v = all.reduce((sum, x) => sum + (x - m) ** 2, 0) / all.length;
  const f = variance();
  const seen = f.read(all.reduce(f.step, f.init()));
  expect(Math.abs(seen.variance / v - 1)).toBeLessThan(1e-9);
  expect(Math.abs(seen.mean / m - 1)).toBeLessThan(1e-15);
});

test("variance() merges a thousand shards around 1e9 to 1e-9 of one pass", () => {
  const rng = random(8);
  const f = variance();
  const shards = Array.from({ length: 1000 }, () => Array.from({ length: 100 }, () => 1e9 + rng.normal()));
  const whole = f.read(shards.flat().reduce(f.step, f.init()));
  const merged = f.read(shards.map((shard) => shard.reduce(f.step, f.init())).reduce(f.merge));
  expect(merged.count).toBe(whole.count);
  expect(Math.abs(merged.variance / whole.variance - 1)).toBeLessThan(1e-9);
});

test("variance() of a constant is exactly 0", () => {
  const f = variance();
  let state = f.init();
  for (let i = 0; i < 1000; i++) state = f.step(state, 0.1);
  expect(f.read(state)).toMatchObject({ variance: 0, deviation: 0 });
});
