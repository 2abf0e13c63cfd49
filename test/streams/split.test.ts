import { expect, test } from "vitest";
import { split } from "../../src/streams/split.ts";

const items = Array.from({ length: 100 }, (_, i) => i);

test("split() deals every item to exactly one side, and fraction of them to the first", () => {
  const [train, validation] = split(items, { fraction: 0.8 });
  expect(train).toHaveLength(80);
  expect(validation).toHaveLength(20);
  expect([...train, ...validation].sort((a, b) => a - b)).toEqual(items);
});

test("split() deals the same way from the same seed, and shuffles", () => {
  expect(split(items, { fraction: 0.5, seed: 3 })).toEqual(split(items, { fraction: 0.5, seed: 3 }));
  expect(split(items, { fraction: 0.5, seed: 3 })).not.toEqual(split(items, { fraction: 0.5, seed: 4 }));
  expect(split(items, { fraction: 1 })[0]).not.toEqual(items);
});

test("split() leaves its items as they are, and takes any iterable", () => {
  const own = [...items];
  split(own, { fraction: 0.5 });
  expect(own).toEqual(items);
  expect(split(new Set([1]), { fraction: 1 })).toEqual([[1], []]);
});

test("split() refuses a fraction that is none", () => {
  expect(() => split(items, { fraction: 80 })).toThrow(
    "split() expects a number from 0 to 1 as fraction, got 80",
  );
});
