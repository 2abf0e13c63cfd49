import { expect, it } from "vitest";
import { power } from "../../src/math/power.ts";
import { random } from "../../src/math/random.ts";

it("power() is ** but for the last bits", () => {
  const rng = random(1);
  for (let i = 0; i < 20_000; i++) {
    const [x, y] = [rng.uniform() * 10 ** rng.below(4), (rng.uniform() - 0.5) * 4 ** rng.below(6)];
    for (const z of [y, Math.round(y)]) {
      const expected = x ** z;
      if (expected < 1e-300 || expected > 1e300) continue;
      const roundings = 4 + 2 * Math.max(Math.abs(z * Math.log(x)), Math.min(Math.abs(z), 64));
      expect(Math.abs(power(x, z) / expected - 1)).toBeLessThan(roundings * Number.EPSILON);
    }
  }
});

it.each([
  [2, 10, 1024],
  [2, -1, 0.5],
  [0.5, 64, 2 ** -64],
  [9, 0.5, 3],
  [3, 1, 3],
  [7.3, 0, 1],
  [0, 0, 1],
  [0, 0.3, 0],
  [0, 3, 0],
  [0, -0.4, Number.POSITIVE_INFINITY],
  [1, 1e9, 1],
  [0.5, Number.POSITIVE_INFINITY, 0],
  [Number.POSITIVE_INFINITY, 0.3, Number.POSITIVE_INFINITY],
  [0.999, 1e9, 0],
])("power(%d, %d) is %d", (x, y, expected) => {
  expect(power(x, y)).toBe(expected);
});

it("power() has the bits that are written here, on every version of Node", () => {
  const bits = (x: number) => new BigUint64Array(Float64Array.of(x).buffer)[0]!.toString(16);
  const found = [power(0.7, 0.3), power(0.999, 1234), power(2, -1 / 30), power(1.7, 3)].map(bits);
  expect(found).toEqual(["3fecc0b43ba5c3da", "3fd29edc3254efc3", "3fef44e4fb6c55d7", "4013a6e978d4fdf3"]);
});
