import { expect, test } from "vitest";
import { alarmPaths, alarmsOf } from "../../src/dashboard/alarmsOf.ts";

const reading = (drift: boolean) => ({ drift, warning: false, count: 1, estimate: 0 });

test("alarmsOf() tells of drift that adapting found, and of what it did", () => {
  const paths = alarmPaths({ drift: "none", adapted: "none" });
  expect(alarmsOf({ drift: "none", adapted: "none" }, paths)).toEqual([]);
  expect(alarmsOf({ drift: "warning", adapted: "none" }, paths)).toEqual([]);
  expect(alarmsOf({ drift: "drift", adapted: "rate raised" }, paths)).toEqual(["drift: rate raised"]);
  expect(alarmsOf({ drift: "drift", adapted: "none" }, paths)).toEqual(["drift"]);
});

test("alarmsOf() tells of detectors by name, among the metrics too", () => {
  const step = (drift: boolean) => ({
    loss: 1,
    alarm: reading(drift),
    metrics: { late: reading(drift), rmse: 1 },
  });
  const paths = alarmPaths(step(false));
  expect(paths).toEqual([["alarm"], ["metrics", "late"]]);
  expect(alarmsOf(step(false), paths)).toEqual([]);
  expect(alarmsOf(step(true), paths)).toEqual(["drift of alarm", "drift of late"]);
});

test("alarmsOf() takes a detector's own readings as steps", () => {
  const paths = alarmPaths(reading(false));
  expect(alarmsOf(reading(true), paths)).toEqual(["drift"]);
});

test("alarmsOf() finds nothing where there is nothing", () => {
  expect(alarmPaths({ drift: 3, metrics: null })).toEqual([]);
  expect(alarmPaths(7)).toEqual([]);
  expect(alarmsOf(undefined, [["drift"]])).toEqual([]);
});
