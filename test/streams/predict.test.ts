import {
  batchNorm,
  chain,
  dense,
  dropout,
  type Matrix,
  matrix,
  meanSquaredError,
  model,
  predict,
  sgd,
  toRows,
  train,
} from "rxgrad";
import { from, map, of, Subject } from "rxjs";
import { expect, it } from "vitest";
import { operatorLaws } from "../laws/operator.ts";
import { stateOf } from "../support/modelState.ts";

const plan = chain(dense(2, 3), batchNorm(3), dropout(0.5), dense(3, 1));
const fresh = () => model(plan, { seed: 1, precision: "float64" });
const inputs: readonly (Matrix | readonly number[])[] = [
  [1, 2],
  matrix([
    [3, 4],
    [5, 6],
  ]),
  [7, 8],
];

operatorLaws("predict()", {
  operator: () => predict(fresh()),
  items: inputs,
  expected: (given) => given.map((x) => fresh().predict("data" in x ? x : matrix([x]))),
});

it("predict() takes a row of numbers, or a matrix, and changes nothing", () => {
  const m = fresh();
  const before = stateOf(m);
  const seen: number[][][] = [];
  from(inputs)
    .pipe(predict(m), map(toRows))
    .subscribe((rows) => seen.push(rows));
  expect(seen.map((rows) => rows.length)).toEqual([1, 2, 1]);
  expect(stateOf(m)).toBe(before);
});

it("predict() answers with the weights of the moment", () => {
  const m = fresh();
  const x$ = new Subject<number[]>();
  const seen: number[] = [];
  x$.pipe(predict(m)).subscribe(({ data }) => seen.push(data[0]!));
  x$.next([1, 1]);
  of({
    x: matrix([
      [1, 1],
      [0, 2],
    ]),
    y: matrix([[9], [9]]),
  })
    .pipe(train(m, { loss: meanSquaredError(), optimizer: sgd(0.1) }))
    .subscribe();
  x$.next([1, 1]);
  expect(seen[1]).not.toBe(seen[0]);
  expect(seen[1]).toBe(m.predict(matrix([[1, 1]])).data[0]);
});

it.each([
  [[1, 2, 3], "predict() expects 2 columns in x, got 1 × 3"],
  [[1, Number.NaN], "predict() expects finite numbers in x, got NaN in row 0, column 1"],
  [[], "predict() expects 2 columns in x, got 1 × 0"],
])("predict() says on the stream what it cannot answer: %j", (x, message) => {
  const m = fresh();
  const errors: string[] = [];
  const seen: Matrix[] = [];
  from([[1, 2], x, [1, 2]])
    .pipe(predict(m))
    .subscribe({ next: (y) => seen.push(y), error: (error) => errors.push(error.message) });
  expect(errors).toEqual([message]);
  expect(seen).toHaveLength(1);
  expect(m.predict(matrix([[1, 2]]))).toEqual(seen[0]);
});

it("predict() gives copies of its own", () => {
  const seen: Matrix[] = [];
  from([
    [1, 2],
    [3, 4],
  ])
    .pipe(predict(fresh()))
    .subscribe((y) => seen.push(y));
  expect(seen[0]!.data).not.toEqual(seen[1]!.data);
});
