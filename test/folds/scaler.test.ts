import { expect, test } from "vitest";
import { holding } from "../../src/folds/holding.ts";
import { mean } from "../../src/folds/mean.ts";
import { scaler } from "../../src/folds/scaler.ts";
import { matrix, toRows } from "../../src/math/matrix.ts";

test("scaler() learns, transforms and inverts; only learning changes it", () => {
  const live = scaler();
  live.learn(matrix([[1], [3]]));
  const before = live.state;
  expect(toRows(live.transform(matrix([[4]])))).toEqual([[2]]);
  expect([...live.inverse([2])]).toEqual([4]);
  expect(live.reading.mean).toEqual([2]);
  expect(live.state).toEqual(before);
  live.learn([5]);
  expect(live.reading.mean).toEqual([3]);
});

test("scaler() goes on from a state that went through JSON", () => {
  const [whole, first, second] = [scaler(), scaler(), scaler()];
  for (const row of [
    [1, 2],
    [4, 7],
    [0.3, -1],
  ])
    whole.learn(row);
  first.learn([1, 2]);
  first.learn([4, 7]);
  second.state = JSON.parse(JSON.stringify(first.state));
  second.learn([0.3, -1]);
  expect(second.state).toEqual(whole.state);
  expect(second.transform([9, 9])).toEqual(whole.transform([9, 9]));
});

test("holding() gives copies of its state, so that a kept one stays as it was", () => {
  const held = holding(mean());
  held.learn(1);
  const kept = held.state;
  held.learn(3);
  expect(held.reading).toBe(2);
  held.state = kept;
  held.learn(5);
  expect(held.reading).toBe(3);
  expect(kept).toEqual({ count: 1, sum: 1 });
});
