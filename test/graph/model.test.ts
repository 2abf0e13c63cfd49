import {
  activations$,
  batchNorm,
  chain,
  dense,
  dropout,
  embedding,
  isInvalidInput,
  learner,
  type Model,
  matrix,
  meanSquaredError,
  model,
  residual,
  sgd,
  tanh,
  toRows,
  train,
} from "rxgrad";
import { of, Subject } from "rxjs";
import { describe, expect, it } from "vitest";
import { bytesOf, stateOf } from "../support/modelState.ts";

const plan = chain(dense(2, 4), batchNorm(4), tanh(), dropout(0.3), residual(dense(4, 4)), dense(4, 1));
const x = matrix([
  [0.1, -0.2],
  [1.5, 0.3],
  [-1, 2],
]);
const batch = { x, y: matrix([[1], [0], [-1]]) };
const options = { loss: meanSquaredError(), optimizer: sgd(0.05) };

describe.each(["float64", "float32"] as const)("model() in %s", (precision) => {
  const fresh = (seed = 1): Model => model(plan, { seed, precision });

  it("predict() is pure: a thousand calls change nothing", () => {
    const m = fresh();
    learner(m, options).learnBatch(batch);
    const before = stateOf(m);
    const first = m.predict(x);
    for (let i = 0; i < 1000; i++) m.predict(i % 2 ? x : matrix([[i, -i]]));
    expect(stateOf(m)).toBe(before);
    expect(m.predict(x)).toEqual(first);
  });

  it("predict() takes one row of numbers, as a matrix of one row", () => {
    const m = fresh();
    expect(m.predict([0.1, -0.2])).toEqual(m.predict(matrix([[0.1, -0.2]])));
    expect(m.predict(Float64Array.of(1, 2) as unknown as number[])).toEqual(m.predict(matrix([[1, 2]])));
  });

  it("predict() gives copies, which later calls leave alone", () => {
    const m = fresh();
    const first = m.predict(x);
    const kept = [...first.data];
    m.predict(
      matrix([
        [5, 5],
        [6, 6],
        [7, 7],
      ]),
    );
    learner(m, options).learnBatch(batch);
    expect([...first.data]).toEqual(kept);
    first.data.fill(0);
    expect(m.predict(x).data.every((v) => v !== 0)).toBe(true);
  });

  it("predict() leaves its input alone, and what it answers does not depend on the rows beside", () => {
    const m = fresh();
    const given = toRows(x);
    const together = toRows(m.predict(x));
    expect(toRows(x)).toEqual(given);
    given.forEach((row, i) => {
      expect(m.predict(matrix([row])).data[0]).toBeCloseTo(
        together[i]![0]!,
        precision === "float32" ? 5 : 12,
      );
    });
  });

  it("predict() works inside of a tap inside of predict(), also with a branch still to come", () => {
    const m = fresh();
    const other = matrix([
      [9, 9],
      [8, 8],
      [7, 7],
    ]);
    const [want, wantOther] = [m.predict(x), m.predict(other)];
    let inner: unknown;
    let depth = 0;
    const tap = activations$(m, 3).subscribe(() => {
      depth++;
      if (depth === 1) inner = m.predict(other);
    });
    expect(m.predict(x)).toEqual(want);
    expect(inner).toEqual(wantOther);
    expect(depth).toBe(2);
    tap.unsubscribe();
    expect(m.predict(x)).toEqual(want);
  });

  it("predict() works inside of a tap on training, on the weights as they are before the update", () => {
    const m = fresh();
    const want = m.predict(x);
    let seen: unknown;
    activations$(m, 0).subscribe(({ mode }) => {
      if (mode === "train") seen ??= m.predict(x);
    });
    learner(m, options).learnBatch(batch);
    expect(seen).toEqual(want);
    expect(m.predict(x)).not.toEqual(want);
  });

  it("predict() is not torn by a batch that a tap pushes: the batch waits", () => {
    const m = fresh();
    const batches$ = new Subject<typeof batch>();
    const order: string[] = [];
    batches$.pipe(train(m, options)).subscribe(() => order.push("step"));
    const want = m.predict(x);
    const tap = activations$(m, 0).subscribe(({ mode }) => {
      if (mode !== "infer") return;
      order.push("tap");
      tap.unsubscribe();
      batches$.next(batch);
      order.push("pushed");
    });
    expect(m.predict(x)).toEqual(want);
    expect(order).toEqual(["tap", "pushed", "step"]);
    expect(m.predict(x)).not.toEqual(want);
  });

  it("has parameters that are live views: writing takes effect at the next batch, without a copy", () => {
    const m = model(dense(2, 1), { precision });
    m.parameters[0]!.value.data.set([1, 2]);
    m.parameters[1]!.value.data.set([0.5]);
    expect([...m.predict(matrix([[1, 1]])).data]).toEqual([3.5]);
    m.parameters[0]!.value.data[1] = 4;
    expect([...m.predict(matrix([[1, 1]])).data]).toEqual([5.5]);
    expect([...m.weights.values.data]).toEqual([1, 4, 0.5]);
    learner(m, { loss: meanSquaredError(), optimizer: sgd(0.5) }).learnBatch({
      x: matrix([[1, 0]]),
      y: matrix([[0]]),
    });
    expect(m.parameters.map(({ grad }) => [...grad.data])).toEqual([[3, 0], [3]]);
    expect(m.parameters.map(({ value }) => [...value.data])).toEqual([[-0.5, 4], [-1]]);
  });

  it("stores what its precision says", () => {
    const m = fresh();
    const Kind = precision === "float32" ? Float32Array : Float64Array;
    expect(m.weights.values.data).toBeInstanceOf(Kind);
    expect(m.parameters[0]!.value.data).toBeInstanceOf(Kind);
    expect(m.predict(x).data).toBeInstanceOf(Kind);
  });

  it("gives the same bytes from the same seed, others from another", () => {
    const learned = (seed: number) => {
      const m = fresh(seed);
      const start = bytesOf(m.weights.values.data);
      const engine = learner(m, options);
      for (let i = 0; i < 20; i++) engine.learnBatch(batch);
      return [start, stateOf(m), bytesOf(m.predict(x).data)];
    };
    const first = learned(1);
    expect(learned(1)).toEqual(first);
    learned(2).forEach((other, i) => {
      expect(other).not.toBe(first[i]);
    });
  });

  it.each([
    [undefined, "a matrix as x, got undefined"],
    [null, "a matrix as x, got null"],
    [[[1, 2]], "a matrix as x, got an array (matrix(rows) makes one of it)"],
    [matrix([[1, 2, 3]]), "2 columns in x, got 1 × 3"],
    [[1, 2, 3], "2 columns in x, got 1 × 3"],
    [[], "2 columns in x, got 1 × 0"],
    [[1, "2"], 'a matrix or one row of numbers as x, got "2" in column 1'],
    [[1, Number.NaN], "finite numbers in x, got NaN in row 0, column 1"],
    [matrix([]), "at least one row in x, got 0 × 0"],
    [{ rows: 2, cols: 2, data: new Float64Array(3) }, "4 numbers in a 2 × 2 x, got 3"],
    [
      matrix([
        [1, 2],
        [3, Number.NaN],
      ]),
      "finite numbers in x, got NaN in row 1, column 1",
    ],
    [matrix([[Number.NEGATIVE_INFINITY, 2]]), "finite numbers in x, got -Infinity in row 0, column 0"],
  ])("predict() refuses %j", (given, message) => {
    const m = fresh();
    const attempt = () => m.predict(given as typeof x);
    expect(attempt).toThrow(expect.objectContaining({ message: `predict() expects ${message}` }));
    expect(attempt).toThrow(expect.toSatisfy(isInvalidInput));
    expect(m.predict(x).rows).toBe(3);
  });

  it("predict() goes on after an error in a layer", () => {
    const m = model(chain(embedding(3, 2), dense(2, 1)), { precision });
    const want = m.predict(matrix([[1]]));
    expect(() => m.predict(matrix([[5]]))).toThrow(
      "embedding(3, 2) expects whole numbers from 0 to 2, got 5",
    );
    expect(m.predict(matrix([[1]]))).toEqual(want);
    expect(m.runs.size).toBe(1);
  });

  it("predict() takes batches of any size, in any order", () => {
    const m = fresh();
    const rows = Array.from({ length: 40 }, (_, i) => [Math.sin(i), Math.cos(i)]);
    const all = [...m.predict(matrix(rows)).data];
    for (let round = 0; round < 3; round++)
      for (let n = 1; n <= 20; n++) {
        const got = m.predict(matrix(rows.slice(0, n))).data;
        expect(got).toHaveLength(n);
        got.forEach((v, i) => {
          expect(Math.abs(v - all[i]!)).toBeLessThan(precision === "float32" ? 1e-5 : 1e-12);
        });
      }
  });
});

it("predict() in float32 refuses what float32 cannot hold", () => {
  const m = model(dense(1, 1), { precision: "float32" });
  expect(() => m.predict(matrix([[1e39]]))).toThrow(
    "predict() expects finite float32 numbers in x, got 1e+39 in row 0, column 0",
  );
  expect(m.predict(matrix([[3e38]])).rows).toBe(1);
});

it("dispose() takes down all graphs, ends all streams, and says so to whoever goes on", () => {
  const m = model(plan);
  const batches$ = new Subject<typeof batch>();
  const ends: string[] = [];
  m.rejected$.subscribe({ complete: () => ends.push("rejected$") });
  batches$.pipe(train(m, options)).subscribe({ error: ({ message }) => ends.push(message) });
  batches$.next(batch);
  m.predict(x);
  expect(m.runs.size).toBe(2);
  m.dispose();
  expect(m.runs.size).toBe(0);
  batches$.next(batch);
  expect(ends).toEqual(["rejected$", "model() was disposed: it cannot run any more"]);
  expect(() => m.predict(x)).toThrow("model() was disposed: it cannot run any more");
});

it("dispose() in the middle of predict() leaves no graph behind", () => {
  const m = model(plan);
  activations$(m, 0).subscribe(() => m.dispose());
  expect(m.predict(x).rows).toBe(3);
  expect(m.runs.size).toBe(0);
  expect(() => m.predict(x)).toThrow("model() was disposed: it cannot run any more");
});

it("runs hold the inference graph alone once training has ended", () => {
  const m = model(plan);
  of(batch, batch).pipe(train(m, options)).subscribe();
  expect(m.runs.size).toBe(0);
  m.predict(x);
  expect([...m.runs].map(({ mode }) => mode)).toEqual(["infer"]);
});

it("model() of a plan whose input is open takes any width that fits", () => {
  const m = model(tanh());
  expect([m.inputs, m.outputs]).toEqual([undefined, undefined]);
  expect(m.predict(matrix([[0, 0, 0]])).cols).toBe(3);
  expect(m.predict(matrix([[0], [0]])).rows).toBe(2);
});
