import {
  type Batch,
  batchNorm,
  chain,
  dense,
  earlyStopping,
  type Model,
  matrix,
  meanSquaredError,
  model,
  type Step,
  sgd,
  train,
} from "rxgrad";
import { concat, from, map, NEVER, Subject, throwError } from "rxjs";
import { expect, it } from "vitest";
import { operatorLaws } from "../laws/operator.ts";
import { stateOf } from "../support/modelState.ts";

const step = (loss: number, validationLoss?: number): Step => ({
  run: 0,
  id: 0,
  size: 1,
  loss,
  ...(validationLoss === undefined ? {} : { validationLoss }),
});
const fresh = (precision: "float32" | "float64" = "float64"): Model =>
  model(chain(dense(1, 2), batchNorm(2), dense(2, 1)), { precision });
type Options = Parameters<typeof earlyStopping<Step>>[1];

/** The losses that come through, and how the stream ended. */
const stopped = (steps: readonly Step[], options: Options, m = fresh()) => {
  const seen: (number | string)[] = [];
  concat(from(steps), NEVER)
    .pipe(earlyStopping(m, options))
    .subscribe({
      next: ({ loss }) => seen.push(loss),
      error: (error) => seen.push(error.message),
      complete: () => seen.push("complete"),
    });
  return seen;
};
const losses = (...values: number[]): Step[] => values.map((loss) => step(loss));

operatorLaws("earlyStopping()", {
  operator: () => earlyStopping<Step>(fresh(), { patience: 2 }),
  items: losses(3, 2, 1),
  expected: (given) => given,
});

it("earlyStopping() completes after so many readings without improvement; the last is still emitted", () => {
  expect(stopped(losses(3, 2, 2.5, 2.4, 2.3, 1), { patience: 3 })).toEqual([3, 2, 2.5, 2.4, 2.3, "complete"]);
  expect(stopped(losses(3, 4, 1), { patience: 1 })).toEqual([3, 4, "complete"]);
});

it("earlyStopping() counts anew after an improvement", () => {
  expect(stopped(losses(5, 6, 4, 6, 3, 6, 6, 1), { patience: 2 })).toEqual([5, 6, 4, 6, 3, 6, 6, "complete"]);
});

it("earlyStopping() counts as improvement what is less by more than minDelta", () => {
  expect(stopped(losses(2, 1.5, 1, 0.5), { patience: 2, minDelta: 0.5 })).toEqual([2, 1.5, 1, 0.5]);
  expect(stopped(losses(2, 1.5, 1.6, 1), { patience: 2, minDelta: 0.5 })).toEqual([2, 1.5, 1.6, "complete"]);
});

it("earlyStopping() sees no improvement in an equal reading, in NaN, or in Infinity", () => {
  expect(stopped(losses(1, 1, 1), { patience: 2 })).toEqual([1, 1, 1, "complete"]);
  expect(stopped(losses(Number.NaN, Number.NaN), { patience: 2 })).toEqual([
    Number.NaN,
    Number.NaN,
    "complete",
  ]);
  expect(stopped(losses(Number.POSITIVE_INFINITY), { patience: 1 })).toEqual([
    Number.POSITIVE_INFINITY,
    "complete",
  ]);
});

it("earlyStopping() watches validationLoss where there is one, and skips the steps between", () => {
  expect(stopped([step(9, 1), step(8), step(7), step(6, 1.5), step(5), step(4, 2)], { patience: 2 })).toEqual(
    [9, 8, 7, 6, 5, 4, "complete"],
  );
});

it("earlyStopping() watches what it is told to; undefined does not count", () => {
  const monitor = ({ loss }: Step) => (loss < 0 ? undefined : -loss);
  expect(stopped(losses(1, -1, -1, -1, 2, 1, -1, 1), { patience: 2, monitor })).toEqual([
    1,
    -1,
    -1,
    -1,
    2,
    1,
    -1,
    1,
    "complete",
  ]);
});

it("earlyStopping() says on the stream what its monitor throws", () => {
  const monitor = () => {
    throw new Error("in the monitor");
  };
  expect(stopped(losses(1), { patience: 1, monitor })).toEqual(["in the monitor"]);
});

it("earlyStopping() with restoreBest gives back weights and running statistics of the best reading", () => {
  for (const [end, precision] of [
    ["patience", "float64"],
    ["complete", "float64"],
    ["patience", "float32"],
  ] as const) {
    const m = fresh(precision);
    const states: string[] = [];
    const steps$ = new Subject<Step>();
    const seen: string[] = [];
    steps$.pipe(earlyStopping(m, { patience: 3, restoreBest: true })).subscribe({
      complete: () => seen.push(stateOf(m)),
    });
    const readings = end === "patience" ? [3, 1, 2, 2, 2] : [3, 1, 2];
    for (const [i, loss] of readings.entries()) {
      m.weights.values.data.fill(i + 1);
      m.weights.buffers.data.fill(10 + i);
      states.push(stateOf(m));
      steps$.next(step(loss));
    }
    if (end === "complete") steps$.complete();
    expect(seen).toEqual([states[1]]);
    expect(stateOf(m)).toBe(states[1]);
  }
});

it("earlyStopping() without restoreBest leaves the weights of the last step", () => {
  const m = fresh();
  m.weights.values.data.fill(7);
  const before = stateOf(m);
  stopped(losses(1, 2, 3), { patience: 2 }, m);
  expect(stateOf(m)).toBe(before);
});

it("earlyStopping() does not restore when the stream fails", () => {
  const m = fresh();
  const errors: string[] = [];
  let i = 0;
  concat(
    from(losses(1, 2)),
    throwError(() => new Error("source")),
  )
    .pipe(
      map((s) => {
        m.weights.values.data.fill(++i);
        return s;
      }),
      earlyStopping(m, { patience: 5, restoreBest: true }),
    )
    .subscribe({ error: ({ message }) => errors.push(message) });
  expect(errors).toEqual(["source"]);
  expect(m.weights.values.data[0]).toBe(2);
});

it("earlyStopping() stops a training over a synchronous source: no batch is learned after it", () => {
  const m = model(dense(1, 1), { precision: "float64", seed: 3 });
  const batches = Array.from({ length: 1000 }, (): Batch => ({ x: matrix([[1]]), y: matrix([[1]]) }));
  let drawn = 0;
  const steps: Step[] = [];
  let best = "";
  from(batches)
    .pipe(
      map((batch) => {
        drawn++;
        return batch;
      }),
      train(m, { loss: meanSquaredError(), optimizer: sgd(1.05) }), // so large that it diverges
      map((s) => {
        if (s.id === 0) best = stateOf(m);
        return s;
      }),
      earlyStopping(m, { patience: 4, restoreBest: true }),
    )
    .subscribe((s) => steps.push(s));
  expect(steps.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4]);
  expect(drawn).toBe(5);
  expect(stateOf(m)).toBe(best);
  expect(m.runs.size).toBe(0);
});

it.each<[Options, string]>([
  [{ patience: 0 }, "earlyStopping() expects a whole number of at least 1 as patience, got 0"],
  [{ patience: 1.5 }, "earlyStopping() expects a whole number of at least 1 as patience, got 1.5"],
  [{ patience: 1, minDelta: -1 }, "earlyStopping() expects a number of at least 0 as minDelta, got -1"],
])("earlyStopping() refuses options that make no sense: %j", (options, message) => {
  expect(() => earlyStopping(fresh(), options)).toThrow(expect.objectContaining({ message }));
});
