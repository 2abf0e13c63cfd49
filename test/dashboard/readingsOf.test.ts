import { expect, test } from "vitest";
import { readingsOf, readingsOfSeries } from "../../src/dashboard/readingsOf.ts";
import { matrix } from "../../src/math/matrix.ts";

const shown = (step: unknown): readonly string[] =>
  readingsOf(step).map(([section, chart, line, value]) => `${section}/${chart}/${line}=${value}`);

test("readingsOf() finds the loss, metrics and their baselines", () => {
  const step = {
    run: 1,
    id: 7,
    size: 32,
    loss: 0.5,
    validationLoss: 0.6,
    prediction: matrix([[1]]),
    target: matrix([[0]]),
    metrics: { rmse: 2, accuracy: { model: 0.9, noChange: 0.5, prior: 0.6 }, text: "no" },
  };
  expect(shown(step)).toEqual([
    "metrics/loss/training=0.5",
    "metrics/loss/validation=0.6",
    "metrics/rmse/rmse=2",
    "metrics/accuracy/model=0.9",
    "metrics/accuracy/noChange=0.5",
    "metrics/accuracy/prior=0.6",
  ]);
});

test("readingsOf() names what lies deeper by its path, and shows of a detector its estimate", () => {
  const alarm = { drift: false, warning: false, count: 3, estimate: 0.25 };
  expect(shown({ report: { lately: 1, ever: 2 }, alarm, guard: { refused: 3, limit: 4 } })).toEqual([
    "metrics/report · lately/report · lately=1",
    "metrics/report · ever/report · ever=2",
    "metrics/alarm/estimate=0.25",
    "metrics/guard · refused/guard · refused=3",
    "metrics/guard · limit/guard · limit=4",
  ]);
});

test("readingsOf() finds nothing in what is no step", () => {
  for (const step of [undefined, null, 3, "text", [1, 2], new Float32Array(3)])
    expect(readingsOf(step)).toEqual([]);
});

test("readingsOf() ends on steps that contain themselves, and with many numbers", () => {
  const step: Record<string, unknown> = { loss: 1 };
  step.self = step;
  expect(readingsOf(step).length).toBeLessThan(10);
  expect(readingsOf(Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`n${i}`, i])))).toHaveLength(
    64,
  );
});

test("readingsOfSeries() draws what it is told", () => {
  expect(readingsOfSeries({ cost: 1, error: { network: 2, mean: 3 } })).toEqual([
    ["metrics", "cost", "cost", 1],
    ["metrics", "error", "network", 2],
    ["metrics", "error", "mean", 3],
  ]);
});
