import { champion, random } from "rxgrad";
import { expect, it } from "vitest";

const options = { fading: 0.9, margin: 0.1, patience: 5 };

/** The champion after each item. */
const reign = (items: readonly (readonly number[])[], given = options): number[] => {
  const fold = champion(items[0]!.length, given);
  let state = fold.init();
  return items.map((losses) => {
    state = fold.step(state, losses);
    return fold.read(state).champion;
  });
};

it("champion() changes only after the patience, and not for a challenger within the margin", () => {
  const better = Array.from({ length: 10 }, () => [1, 0.5]);
  expect(reign(better)).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
  expect(reign(Array.from({ length: 100 }, () => [1, 0.95]))).toEqual(Array(100).fill(0));
});

it("champion() does not waver between learners that are equally good", () => {
  const r = random(1);
  const items = Array.from({ length: 5000 }, () => [r.uniform(), r.uniform()]);
  const changes = (given: typeof options) =>
    reign(items, given).filter((one, t, all) => t > 0 && one !== all[t - 1]);
  expect(changes({ fading: 0.99, margin: 0.05, patience: 1 }).length).toBeGreaterThan(20);
  expect(changes({ fading: 0.99, margin: 0.2, patience: 30 }).length).toBeLessThan(3);
});

it("champion() follows a drift, and goes back after the next", () => {
  const items = Array.from({ length: 300 }, (_, t) => (t >= 100 && t < 200 ? [1, 0.2] : [0.2, 1]));
  const seen = reign(items);
  expect([seen[99], seen[150], seen[299]]).toEqual([0, 1, 0]);
});

it("champion() is replaced at once, by the best of the others, when its loss is not finite", () => {
  const items = [
    [0.1, 0.5, 0.4],
    [Number.NaN, 0.5, 0.4],
    [0, 0.5, 0.4],
  ];
  expect(reign(items)).toEqual([0, 2, 2]);
});

it("champion() may have losses below 0", () => {
  expect(reign(Array.from({ length: 10 }, () => [-1, -2])).at(-1)).toBe(1);
  expect(reign(Array.from({ length: 10 }, () => [-1, -1.05])).at(-1)).toBe(0);
});

it("champion() refuses options and items by name", () => {
  expect(() => champion(0)).toThrow(/as count, got 0/);
  expect(() => champion(2, { patience: 0 })).toThrow(/as patience, got 0/);
  expect(() => champion(2, { margin: 2 })).toThrow(/as margin, got 2/);
  expect(() => champion(2, { eta: 2 } as never)).toThrow("options named fading, margin, patience, got eta");
  const fold = champion(2);
  expect(() => fold.step(fold.init(), [Number.NaN, Number.NaN])).toThrow(
    "a finite loss of at least one learner",
  );
});
