import fc from "fast-check";
import { expect, test } from "vitest";
import { type Decimated, decimated, type Placed } from "../../src/dashboard/decimated.ts";

const folded = (capacity: number, items: readonly Placed[]): Decimated => {
  const { init, step, read } = decimated(capacity);
  return read(items.reduce(step, init()));
};

const capacities = fc.integer({ min: 1, max: 8 }).map((half) => 2 * half);
/** JSON knows no −0. */
const value = fc.oneof(
  { weight: 9, arbitrary: fc.double({ min: -1e3, max: 1e3, noNaN: true }).map((x) => x + 0) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY) },
);
/** Values at rising positions, with gaps, from anywhere on. */
const series = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 5 }), value), { minLength: 1, maxLength: 300 })
  .map((gaps) => {
    let at = -1;
    return gaps.map(([gap, value]) => {
      at += gap;
      return { at, value };
    });
  });

test("decimated() never keeps more buckets than its capacity, and never less than half of it once it was full", () => {
  fc.assert(
    fc.property(capacities, series, (capacity, items) => {
      const { span, count } = folded(capacity, items);
      const last = items.at(-1)!.at;
      expect(count.length).toBe(Math.floor(last / span) + 1);
      expect(count.length).toBeLessThanOrEqual(capacity);
      if (span > 1) expect(count.length).toBeGreaterThan(capacity / 2);
    }),
  );
});

test("decimated() has in each bucket the least, the largest and the mean of what stands there", () => {
  fc.assert(
    fc.property(capacities, series, (capacity, items) => {
      const { span, min, max, mean, count } = folded(capacity, items);
      count.forEach((n, bucket) => {
        const own = items.filter(
          ({ at, value }) => Math.floor(at / span) === bucket && Number.isFinite(value),
        );
        const values = own.map((item) => item.value);
        expect(n).toBe(values.length);
        expect(min[bucket]).toBe(n === 0 ? null : Math.min(...values));
        expect(max[bucket]).toBe(n === 0 ? null : Math.max(...values));
        if (n === 0) expect(mean[bucket]).toBeNull();
        else expect(mean[bucket]).toBeCloseTo(values.reduce((sum, x) => sum + x, 0) / n, 6);
      });
    }),
  );
});

test("decimated() goes on from JSON as if it had never been written", () => {
  fc.assert(
    fc.property(capacities, series, fc.nat(300), (capacity, items, cut) => {
      const { step } = decimated(capacity);
      const half = JSON.parse(JSON.stringify(folded(capacity, items.slice(0, cut)))) as Decimated;
      expect(items.slice(cut).reduce(step, half)).toEqual(folded(capacity, items));
    }),
  );
});

test("decimated() gives lines that begin late the buckets of the others", () => {
  const early = folded(10, [
    { at: 0, value: 1 },
    { at: 999, value: 2 },
  ]);
  const late = folded(10, [{ at: 999, value: 3 }]);
  expect(late.span).toBe(early.span);
  expect(late.count).toHaveLength(early.count.length);
  expect(late.max.at(-1)).toBe(3);
});

test.each([0, 1, 3, 2.5, Number.NaN])("decimated() refuses %j as capacity", (capacity) => {
  expect(() => decimated(capacity)).toThrow(`even number of at least 2 as capacity, got ${capacity}`);
});
