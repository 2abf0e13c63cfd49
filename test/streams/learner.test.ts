import {
  activations$,
  batchNorm,
  chain,
  dense,
  dropout,
  type Learner,
  learner,
  matrix,
  meanSquaredError,
  model,
  sgd,
  tanh,
  train,
} from "rxgrad";
import { of, Subject } from "rxjs";
import { expect, it } from "vitest";
import { stateOf } from "../support/modelState.ts";

const plan = chain(dense(2, 3), tanh(), dropout(0.2), dense(3, 1));
const options = { loss: meanSquaredError(), optimizer: sgd(0.1, { momentum: 0.9 }) };
const batch = {
  x: matrix([
    [1, 2],
    [3, -4],
  ]),
  y: matrix([[0.5], [-0.5]]),
};

it("learner() learns by plain calls what train() learns from a stream", () => {
  const [a, b] = [model(plan), model(plan)];
  const engine = learner(a, options);
  const learned = [engine.learnBatch(batch), engine.learnBatch(batch)];
  const steps: unknown[] = [];
  of(batch, batch)
    .pipe(train(b, options))
    .subscribe((step) => steps.push(step));
  expect(learned).toEqual(steps);
  expect(stateOf(a)).toBe(stateOf(b));
});

it("learner() learns one example as a batch of one", () => {
  const [a, b] = [model(plan), model(plan)];
  const one = learner(a, options).learnOne([1, 2], 0.5, 2);
  const whole = learner(b, options).learnBatch({
    x: matrix([[1, 2]]),
    y: matrix([[0.5]]),
    weight: matrix([[2]]),
  });
  expect(one).toEqual(whole);
  expect(one).toMatchObject({ id: 0, size: 1 });
  expect(stateOf(a)).toBe(stateOf(b));
});

it("learner() takes typed arrays, and targets of several columns", () => {
  const m = model(dense(2, 2));
  const { loss } = learner(m, options).learnOne(Float32Array.of(0, 0), [3, 4]);
  expect(loss).toBe(12.5);
});

it("learner().predict() answers a row with a row and a matrix with a matrix", () => {
  const m = model(plan);
  const { predict } = learner(m, options);
  expect(predict([1, 2])).toEqual([...m.predict(matrix([[1, 2]])).data]);
  expect(predict(batch.x)).toEqual(m.predict(batch.x));
});

it.each<[Parameters<Learner["learnOne"]>, string]>([
  [[[1], 0.5], "learner() expects 2 columns in x, got 1 × 1"],
  [[[1, Number.NaN], 0.5], "learner() expects finite numbers in x, got NaN in row 0, column 1"],
  [
    [
      [1, 2],
      [1, 2],
    ],
    "meanSquaredError() expects targets of 1 columns, got 1 × 2",
  ],
  [[[1, 2], 0.5, -1], "learner() expects weights of at least 0, got -1 in row 0"],
  [[[1e200, 1], 1e200], "meanSquaredError() expects a finite loss, got Infinity"],
])("learner() throws at a bad example, has not changed, and goes on: %#", (given, message) => {
  const [m, other] = [model(plan, { precision: "float64" }), model(plan, { precision: "float64" })];
  const [engine, without] = [learner(m, options), learner(other, options)];
  engine.learnBatch(batch);
  const before = stateOf(m);
  expect(() => engine.learnOne(...given)).toThrow(
    expect.objectContaining({ name: "InvalidInputError", message }),
  );
  expect(stateOf(m)).toBe(before);
  const { loss } = engine.learnBatch(batch);
  without.learnBatch(batch);
  expect(without.learnBatch(batch).loss).toBe(loss);
  expect(stateOf(m)).toBe(stateOf(other)); // momentum has not seen it either
});

it("learner() says that a batch is in flight, rather than to interleave another", () => {
  const m = model(plan);
  const engine = learner(m, options);
  const errors: string[] = [];
  activations$(m, 0).subscribe(() => {
    try {
      engine.learnBatch(batch);
    } catch (error) {
      errors.push((error as Error).message);
    }
  });
  engine.learnBatch(batch);
  m.predict(batch.x);
  const message = "learner() expects the batch in flight to be done before the next, got one meanwhile";
  expect(errors).toEqual([message, message]);
});

it("learner() and train() take turns on one model", () => {
  const m = model(plan);
  const batches$ = new Subject<typeof batch>();
  const order: string[] = [];
  batches$.pipe(train(m, options)).subscribe(({ id }) => order.push(`step ${id}`));
  const engine = learner(m, options);
  const tap = activations$(m, 0).subscribe(() => {
    tap.unsubscribe();
    batches$.next(batch);
    order.push("pushed");
  });
  engine.learnBatch(batch);
  expect(order).toEqual(["pushed", "step 0"]);
});

it("learner() that throws lets a batch that waits have its turn", () => {
  const m = model(chain(dense(2, 2), batchNorm(2), dense(2, 1)), { precision: "float64" });
  const batches$ = new Subject<typeof batch>();
  const steps: number[] = [];
  batches$.pipe(train(m, options)).subscribe(({ id }) => steps.push(id));
  activations$(m, 0).subscribe(({ value }) => {
    if (value.rows === 1) batches$.next(batch);
  });
  expect(() => learner(m, options).learnOne([1, 2], 1)).toThrow("batchNorm(2) expects at least 2 rows");
  expect(steps).toEqual([0]);
});

it("learner().close() releases its graph", () => {
  const m = model(plan);
  const engine = learner(m, options);
  engine.learnBatch(batch);
  expect(m.runs.size).toBe(1);
  engine.close();
  expect(m.runs.size).toBe(0);
});
