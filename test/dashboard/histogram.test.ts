import fc from "fast-check";
import { expect, test } from "vitest";
import { histogram } from "../../src/dashboard/histogram.ts";

test("histogram() counts every finite number once, between the least and the largest", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.double({ min: -9, max: 9 }), fc.constant(Number.POSITIVE_INFINITY))),
      (data) => {
        const own = data.filter(Number.isFinite);
        const bins = histogram(data);
        expect(bins === undefined).toBe(own.length === 0);
        if (!bins) return;
        expect([bins.low, bins.high]).toEqual([Math.min(...own), Math.max(...own)]);
        expect(bins.counts.reduce((sum, n) => sum + n, 0)).toBe(own.length);
      },
    ),
  );
});

test("histogram() puts numbers where they belong", () => {
  const { counts } = histogram(Array.from({ length: 64 }, (_, i) => i))!;
  expect(counts).toHaveLength(32);
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  expect(histogram([5, 5, 5])?.counts[0]).toBe(3);
});

test("histogram() looks at some of very many numbers", () => {
  const { counts } = histogram(new Float32Array(1_000_000).map((_, i) => i))!;
  const seen = counts.reduce((sum, n) => sum + n, 0);
  expect(seen).toBeLessThanOrEqual(1 << 15);
  expect(seen).toBeGreaterThan(1 << 14);
});
