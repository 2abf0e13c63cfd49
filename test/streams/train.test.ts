import {
  activations$,
  adam,
  type Batch,
  batchNorm,
  categoricalCrossentropy,
  chain,
  constant,
  dense,
  dropout,
  embedding,
  fork,
  type InvalidInputError,
  isInvalidInput,
  type Layer,
  type Loss,
  layer,
  type Matrix,
  type Model,
  mapGradient,
  matrix,
  meanSquaredError,
  model,
  named,
  type Rejection,
  type Rule,
  type Run,
  residual,
  type Step,
  sgd,
  softmax,
  type TrainOptions,
  tanh,
  toRows,
  train,
  zeros,
} from "rxgrad";
import { BehaviorSubject, from, NEVER, of, Subject, share, take, toArray } from "rxjs";
import { describe, expect, it } from "vitest";
import { operatorLaws } from "../laws/operator.ts";
import { bytesOf, spy, stateOf } from "../support/modelState.ts";

const batchOf = (n: number, seed = 1): Batch => ({
  x: matrix(Array.from({ length: n }, (_, i) => [Math.sin(i * seed), Math.cos(i + seed)])),
  y: matrix(Array.from({ length: n }, (_, i) => [Math.sin(2 * i + seed)])),
});
const batches: readonly Batch[] = [1, 2, 3, 4].map((seed) => batchOf(3, seed));
const [one, two, three] = batches as [Batch, Batch, Batch, Batch];
const options: TrainOptions = { loss: meanSquaredError(), optimizer: sgd(0.1) };
const plan = chain(dense(2, 3, { activation: "tanh" }), dense(3, 1));
const everything = chain(dense(2, 4), batchNorm(4), tanh(), dropout(0.3), residual(dense(4, 4)), dense(4, 1));

/** All that comes out of batches, and how it ends. */
const trained = (m: Model, given: readonly Batch[], more: Partial<TrainOptions> = {}) => {
  const seen: { steps: Step[]; error: unknown; done: boolean } = { steps: [], error: undefined, done: false };
  from(given)
    .pipe(train(m, { ...options, ...more } as TrainOptions))
    .subscribe({
      next: (step) => seen.steps.push(step),
      error: (error) => {
        seen.error = error;
      },
      complete: () => {
        seen.done = true;
      },
    });
  return seen;
};
const matching = (message: string | RegExp): unknown =>
  typeof message === "string" ? message : expect.stringMatching(message);
const lossesOf = (given: readonly Batch[]): number[] =>
  trained(model(plan, { seed: 1 }), given).steps.map(({ loss }) => loss);

operatorLaws("train()", {
  operator: () => train(model(plan, { seed: 1 }), options),
  items: batches,
  expected: (given) => lossesOf(given).map((loss, id) => ({ run: 0, id, size: 3, loss })),
  sharesState: "they train the same weights",
});

describe.each(["float64", "float32"] as const)("train() in %s", (precision) => {
  const fresh = (p: Parameters<typeof model>[0] = plan) => model(p, { seed: 1, precision });

  it("learns: the loss falls", () => {
    const m = fresh();
    const { steps } = trained(
      m,
      Array.from({ length: 300 }, () => one),
      { optimizer: adam(0.03) },
    );
    expect(steps.at(-1)!.loss).toBeLessThan(steps[0]!.loss / 100);
  });

  it("tells the loss of before the update", () => {
    const m = fresh();
    const answer = m.predict(one.x);
    const { steps } = trained(m, [one]);
    expect(steps[0]!.loss).toBeCloseTo(
      meanSquaredError()(answer, one.y).value,
      precision === "float32" ? 6 : 14,
    );
    expect(meanSquaredError()(m.predict(one.x), one.y).value).toBeLessThan(steps[0]!.loss);
  });

  it("hands the optimizer all gradients at once, of every layer, once for each batch", () => {
    const m = fresh(everything);
    const seen: Float64Array[] = [];
    trained(m, [one, two], { optimizer: spy((g) => seen.push(g)) });
    expect(seen).toHaveLength(2);
    for (const gradient of seen)
      for (const { name, offset, rows, cols } of m.weights.gradients.segments)
        if (name !== "dense0.b")
          // batchNorm takes the mean off again, so this one is nothing but rounding
          expect(
            gradient.subarray(offset, offset + rows * cols).some((g) => g !== 0),
            name,
          ).toBe(true);
  });

  it("runs batches of changing sizes, many of them", () => {
    const m = fresh();
    const given = Array.from({ length: 60 }, (_, i) => batchOf(1 + ((i * 7) % 23), i));
    const { steps, done } = trained(m, given);
    expect(steps.map(({ size }) => size)).toEqual(given.map(({ x }) => x.rows));
    expect(done).toBe(true);
    const each = fresh();
    const losses = given.map((batch) => trained(each, [batch]).steps[0]!.loss); // a new graph for each
    expect(steps.map(({ loss }) => loss)).toEqual(losses);
  });

  it("is deterministic: the same seed gives the same bytes", () => {
    const bytes = (seed: number) => {
      const m = model(everything, { seed, precision });
      const { steps } = trained(
        m,
        Array.from({ length: 30 }, (_, i) => batchOf(4, i)),
        { optimizer: adam(0.01) },
      );
      return [stateOf(m), JSON.stringify(steps)];
    };
    expect(bytes(3)).toEqual(bytes(3));
    expect(bytes(3)[0]).not.toBe(bytes(4)[0]);
  });

  it("with predictions, steps carry copies that later batches leave alone", () => {
    const m = fresh();
    const want = m.predict(one.x);
    const seen: Matrix[] = [];
    const kept: number[][] = [];
    from([one, two, three])
      .pipe(train(m, { ...options, predictions: true }))
      .subscribe(({ prediction, target }) => {
        seen.push(prediction);
        kept.push([...prediction.data]);
        expect(target).toBe(batches[seen.length - 1]!.y);
      });
    expect(seen[0]).toEqual(want);
    expect(seen.map(({ data }) => [...data])).toEqual(kept);
    expect(new Set(seen.map(({ data }) => data.buffer)).size).toBe(3);
  });

  it("with validation, tells its loss after the update, every so many steps", () => {
    const m = fresh(everything);
    const validation = batchOf(5, 9);
    const wants: number[] = [];
    const steps: Step[] = [];
    from([one, two, three, one, two])
      .pipe(train(m, { ...options, validation: { ...validation, every: 2 } }))
      .subscribe((step) => {
        steps.push(step);
        wants.push(meanSquaredError()(m.predict(validation.x), validation.y).value);
      });
    expect(steps.map(({ validationLoss }) => validationLoss)).toEqual(
      wants.map((v, i) => (i % 2 ? undefined : v)),
    );
    expect("validationLoss" in steps[1]!).toBe(false);
  });

  it("with validation, trains the same as without", () => {
    const [a, b] = [fresh(everything), fresh(everything)];
    trained(a, batches);
    trained(b, batches, { validation: batchOf(5, 9) });
    expect(stateOf(b)).toBe(stateOf(a));
  });

  it("weights of rows count as if a row stood there so often", () => {
    const [a, b] = [fresh(), fresh()];
    trained(a, [{ ...one, weight: matrix([[2], [0], [1]]) }]);
    const rows = (m: Matrix) => matrix([toRows(m)[0]!, toRows(m)[0]!, toRows(m)[2]!]);
    trained(b, [{ x: rows(one.x), y: rows(one.y) }]);
    b.weights.values.data.forEach((w, i) => {
      expect(a.weights.values.data[i]!).toBeCloseTo(w, precision === "float32" ? 6 : 14);
    });
  });

  it("classWeight multiplies the weights of rows", () => {
    const classes = chain(dense(2, 2), softmax());
    const [a, b] = [fresh(classes), fresh(classes)];
    const given = {
      x: one.x,
      y: matrix([
        [1, 0],
        [0, 1],
        [0, 1],
      ]),
      weight: matrix([[1], [2], [3]]),
    };
    const more = { loss: categoricalCrossentropy() };
    trained(a, [given], { ...more, classWeight: { 1: 5 } });
    trained(b, [{ ...given, weight: matrix([[1], [10], [15]]) }], more);
    expect(stateOf(a)).toBe(stateOf(b));
    const { error } = trained(a, [given], { ...more, classWeight: [1] });
    expect(error).toMatchObject({ message: "classWeight expects a weight for class 1, got 1 weights" });
    const skipping = trained(a, [given], { ...more, classWeight: [1], onInvalid: "skip" });
    expect(skipping.error).toEqual(error); // it is the configuration that is wrong, so no batch is skipped
  });

  const bad: readonly [string, unknown, string | RegExp][] = [
    ["no batch", undefined, "train() expects a matrix as x, got undefined"],
    [
      "a sample",
      { x: [1, 2], y: 1 },
      "train() expects a matrix as x, got an array (matrix(rows) makes one of it)",
    ],
    ["no y", { x: one.x }, "train() expects a matrix as y, got undefined"],
    ["a wide x", { x: matrix([[1, 2, 3]]), y: matrix([[1]]) }, "train() expects 2 columns in x, got 1 × 3"],
    ["no rows", { x: zeros(0, 2), y: zeros(0, 1) }, "train() expects at least one row in x, got 0 × 2"],
    ["fewer rows in y", { x: one.x, y: matrix([[1]]) }, "train() expects 3 rows in y, as in x, got 1 × 1"],
    [
      "a wide y",
      {
        x: one.x,
        y: matrix([
          [1, 2],
          [1, 2],
          [1, 2],
        ]),
      },
      "meanSquaredError() expects targets of 1 columns, got 3 × 2",
    ],
    [
      "NaN in x",
      {
        x: matrix([
          [1, 2],
          [3, Number.NaN],
          [1, 1],
        ]),
        y: one.y,
      },
      "train() expects finite numbers in x, got NaN in row 1, column 1",
    ],
    [
      "Infinity in y",
      { x: one.x, y: matrix([[1], [Number.POSITIVE_INFINITY], [1]]) },
      "train() expects finite numbers in y, got Infinity in row 1, column 0",
    ],
    [
      "NaN in weight",
      { ...one, weight: matrix([[1], [1], [Number.NaN]]) },
      "train() expects finite numbers in weight, got NaN in row 2, column 0",
    ],
    [
      "a negative weight",
      { ...one, weight: matrix([[1], [-2], [1]]) },
      "train() expects weights of at least 0, got -2 in row 1",
    ],
    ["a wide weight", { ...one, weight: one.x }, "train() expects 1 columns in weight, got 3 × 2"],
    [
      "fewer weights",
      { ...one, weight: matrix([[1]]) },
      "train() expects 3 rows in weight, as in x, got 1 × 1",
    ],
    [
      "too little data",
      { x: { rows: 3, cols: 2, data: new Float64Array(5) }, y: one.y },
      "train() expects 6 numbers in a 3 × 2 x, got 5",
    ],
    [
      "one row for batchNorm",
      batchOf(1),
      "batchNorm(4) expects at least 2 rows in training (layerNorm suits batches of one), got 1",
    ],
    [
      "targets so large that the loss overflows",
      { x: one.x, y: matrix([[precision === "float32" ? 3e38 : 1e200], [1], [1]]) },
      "meanSquaredError() expects a finite loss, got Infinity",
    ],
  ];

  it.each(bad)("ends with an error at %s, and nothing has changed", (_, batch, message) => {
    const m = fresh(everything);
    trained(m, [two]);
    const before = stateOf(m);
    const { steps, error, done } = trained(m, [batch as Batch, one]);
    const { actor, expected, got, ...rest } = error as InvalidInputError;
    expect(rest.name).toBe("InvalidInputError");
    expect((error as Error).message).toBe(`${actor} expects ${expected}, got ${got}`);
    expect((error as Error).message).toEqual(matching(message));
    expect([steps, done]).toEqual([[], false]);
    expect(stateOf(m)).toBe(before);
    expect(m.runs.size).toBe(0);
  });

  it.each(bad)(
    'with onInvalid "skip", drops %s, reports it, and trains on as if it had not been',
    (_, batch, message) => {
      const [m, without] = [fresh(everything), fresh(everything)];
      const rejected: Rejection[] = [];
      m.rejected$.subscribe((rejection) => rejected.push(rejection));
      const { steps, error, done } = trained(m, [one, batch as Batch, two, three], {
        onInvalid: "skip",
        optimizer: adam(0.1),
      });
      const want = trained(without, [one, two, three], { optimizer: adam(0.1) });
      expect(rejected).toHaveLength(1);
      expect(rejected[0]!.batch).toBe(batch);
      expect(rejected[0]!.error.message).toEqual(matching(message));
      expect([error, done]).toEqual([undefined, true]);
      expect(steps.map(({ loss }) => loss)).toEqual(want.steps.map(({ loss }) => loss));
      expect(stateOf(m)).toBe(stateOf(without));
    },
  );

  it("refuses a step that would make weights overflow, and goes on after a skip", () => {
    const m = fresh(dense(1, 1));
    const before = stateOf(m);
    const big = precision === "float32" ? 1e6 : 1e50;
    const huge = { x: matrix([[big]]), y: matrix([[big]]) };
    const rule = sgd(precision === "float32" ? 1e37 : 1e300);
    expect(trained(m, [huge], { optimizer: rule }).error).toMatchObject({
      message: `${rule.source} expects weights that stay finite, got a step that would make them overflow`,
    });
    expect(stateOf(m)).toBe(before);
  });

  const thrower = (where: "forward" | "backward", when: () => boolean): Layer =>
    layer({
      name: `broken in ${where}`,
      forward: (x) => {
        if (where === "forward" && when()) throw new Error("in forward");
        return {
          y: x,
          backward: (dx) => {
            if (where === "backward" && when()) throw new Error("in backward");
            return { dx };
          },
        };
      },
    });
  const brokenLoss = (when: () => boolean): Loss => {
    const good = meanSquaredError();
    return Object.assign(
      (...args: Parameters<Loss>) => {
        if (when()) throw new Error("in the loss");
        return good(...args);
      },
      { source: "brokenLoss()", check: good.check },
    );
  };
  const brokenRule = (when: () => boolean): Rule => {
    const good = sgd(0.1);
    return {
      source: "brokenRule()",
      init: good.init,
      update: (...args) => {
        if (when()) throw new Error("in the rule");
        return good.update(...args);
      },
    };
  };
  const inTheMiddle = (part: Layer) =>
    chain(dense(2, 4), batchNorm(4), dropout(0.3), residual(chain(dense(4, 4), part)), dense(4, 1));
  const faults: readonly [string, (when: () => boolean) => readonly [Model, Partial<TrainOptions>]][] = [
    ["in forward", (when) => [fresh(inTheMiddle(thrower("forward", when))), {}]],
    ["in backward", (when) => [fresh(inTheMiddle(thrower("backward", when))), {}]],
    ["in the loss", (when) => [fresh(everything), { loss: brokenLoss(when) }]],
    ["in the rule", (when) => [fresh(everything), { optimizer: brokenRule(when) }]],
  ];

  it.each(faults)(
    "an error thrown %s arrives on the stream, even with skip, and nothing has changed",
    (message, make) => {
      let broken = false;
      const [m, more] = make(() => broken);
      trained(m, [one, two], more);
      const before = stateOf(m);
      broken = true;
      for (const onInvalid of ["error", "skip"] as const) {
        const { steps, error } = trained(m, [one, two], { ...more, onInvalid });
        expect(error).toMatchObject({ message });
        expect(steps).toEqual([]);
        expect(stateOf(m)).toBe(before);
        expect(m.runs.size).toBe(0);
      }
      broken = false;
      expect(trained(m, [one, two], more).steps).toHaveLength(2);
    },
  );

  it.each(faults)("an error thrown %s leaves nothing that a later batch would bring out", (_, make) => {
    let broken = false;
    const [m, more] = make(() => broken);
    const [other, otherMore] = make(() => false);
    trained(m, [one], more);
    broken = true;
    trained(m, [two], more);
    broken = false;
    trained(m, [three], more);
    trained(other, [one], otherMore);
    trained(other, [three], otherMore);
    expect(stateOf(m)).toBe(stateOf(other));
  });
});

it("train() is lazy: nothing starts before somebody subscribes", () => {
  const m = model(plan);
  const before = stateOf(m);
  let subscribed = 0;
  const source$ = from([one]).pipe((s) => {
    subscribed++;
    return s;
  });
  source$.pipe(train(m, options));
  expect([subscribed, m.runs.size, stateOf(m)]).toEqual([1, 0, before]);
});

it("train() shares one training among its subscribers", () => {
  const [m, alone] = [model(plan), model(plan)];
  const batches$ = new Subject<Batch>();
  const steps$ = batches$.pipe(train(m, options));
  const seen: Step[][] = [[], []];
  for (const list of seen) steps$.subscribe((step) => list.push(step));
  for (const batch of batches) batches$.next(batch);
  trained(alone, batches);
  expect(seen[0]).toHaveLength(4);
  expect(seen[1]).toEqual(seen[0]);
  expect(stateOf(m)).toBe(stateOf(alone));
  expect(m.runs.size).toBe(1);
});

it("train() goes on while one subscriber is left, and stops with the last", () => {
  const m = model(plan);
  const batches$ = new Subject<Batch>();
  const steps$ = batches$.pipe(train(m, options));
  const [a, b] = [steps$.subscribe(), steps$.subscribe()];
  batches$.next(one);
  a.unsubscribe();
  expect([batches$.observed, m.runs.size]).toEqual([true, 1]);
  b.unsubscribe();
  expect([batches$.observed, m.runs.size]).toEqual([false, 0]);
});

it("train() that is subscribed again starts a new optimizer on the same weights", () => {
  const momentum = sgd(0.1, { momentum: 0.9 });
  const m = model(plan);
  const steps$ = from([one, two]).pipe(train(m, { ...options, optimizer: momentum }));
  const runs: number[] = [];
  steps$.subscribe(({ run }) => runs.push(run));
  const halfway = stateOf(m);
  steps$.subscribe(({ run }) => runs.push(run));
  expect(new Set(runs).size).toBe(2);
  const again = model(plan);
  trained(again, [one, two], { optimizer: momentum });
  expect(stateOf(again)).toBe(halfway);
  trained(again, [one, two], { optimizer: momentum });
  expect(stateOf(again)).toBe(stateOf(m));
  const throughout = model(plan);
  trained(throughout, [one, two, one, two], { optimizer: momentum });
  expect(stateOf(throughout)).not.toBe(stateOf(m));
});

it("train() twice on one plan is two trainings that know nothing of each other", () => {
  const [a, b] = [model(plan, { seed: 1 }), model(plan, { seed: 1 })];
  trained(a, [one, two]);
  trained(b, [one, two]);
  expect(stateOf(a)).toBe(stateOf(b));
});

it("train() queues a batch that a subscriber pushes while it handles a step", () => {
  const m = model(plan);
  const alone = model(plan);
  const batches$ = new Subject<Batch>();
  const order: string[] = [];
  const steps$ = batches$.pipe(train(m, options));
  steps$.subscribe(({ id }) => {
    order.push(`a${id}`);
    if (id === 0) {
      batches$.next(two);
      batches$.next(three);
      order.push("pushed");
    }
  });
  steps$.subscribe(({ id }) => order.push(`b${id}`));
  batches$.next(one);
  expect(order).toEqual(["a0", "pushed", "b0", "a1", "b1", "a2", "b2"]);
  trained(alone, [one, two, three]);
  expect(stateOf(m)).toBe(stateOf(alone));
});

it("train() queues a batch that a tap pushes in the middle of another", () => {
  for (const place of [0, 1, 2, 3, 4]) {
    const m = model(everything);
    const alone = model(everything);
    const batches$ = new Subject<Batch>();
    const order: string[] = [];
    let pushed = false;
    batches$.pipe(train(m, options)).subscribe(({ id }) => order.push(`step ${id}`));
    activations$(m, place).subscribe(() => {
      if (pushed) return;
      pushed = true;
      batches$.next(two);
      order.push("pushed");
    });
    batches$.next(one);
    expect(order).toEqual(["pushed", "step 0", "step 1"]);
    trained(alone, [one, two]);
    expect(stateOf(m)).toBe(stateOf(alone));
  }
});

it("train() of two streams on one model takes turns", () => {
  const m = model(plan);
  const alone = model(plan);
  const [a$, b$] = [new Subject<Batch>(), new Subject<Batch>()];
  const order: string[] = [];
  a$.pipe(train(m, options)).subscribe(() => {
    order.push("a");
    b$.next(two);
    order.push("a done");
  });
  b$.pipe(train(m, options)).subscribe(() => order.push("b"));
  a$.next(one);
  expect(order).toEqual(["a", "a done", "b"]);
  trained(alone, [one, two]);
  expect(stateOf(m)).toBe(stateOf(alone));
});

it("train() handles the end of its source after what waits before it", () => {
  const m = model(plan);
  const batches$ = new Subject<Batch>();
  const order: string[] = [];
  batches$.pipe(train(m, options)).subscribe({
    next: ({ id }) => {
      order.push(`step ${id}`);
      if (id > 0) return;
      batches$.next(two);
      batches$.complete();
    },
    complete: () => order.push("complete"),
  });
  batches$.next(one);
  expect(order).toEqual(["step 0", "step 1", "complete"]);
});

it("train() drops what waits when it is unsubscribed", () => {
  const m = model(plan);
  const alone = model(plan);
  const batches$ = new Subject<Batch>();
  const subscription = batches$.pipe(train(m, options)).subscribe(() => {
    batches$.next(two);
    subscription.unsubscribe();
  });
  batches$.next(one);
  trained(alone, [one]);
  expect(stateOf(m)).toBe(stateOf(alone));
  expect(batches$.observed).toBe(false);
});

it.each(["unsubscribe", "complete", "error"] as const)(
  "train() leaves nothing subscribed after %s",
  (end) => {
    const m = model(everything);
    const batches$ = new Subject<Batch>();
    const rate$ = new BehaviorSubject(0.1);
    const subscription = batches$
      .pipe(train(m, { ...options, optimizer: sgd(rate$) }))
      .subscribe({ error: () => {} });
    batches$.next(one);
    expect(m.predict(one.x).rows).toBe(3);
    const run = [...m.runs].find(({ mode }) => mode === "train")!;
    expect(rate$.observed).toBe(true);
    if (end === "unsubscribe") subscription.unsubscribe();
    else if (end === "complete") batches$.complete();
    else batches$.error(new Error("source"));
    const wires = [
      batches$,
      rate$,
      run.input.value,
      run.input.grad$,
      run.output.value$,
      run.output.grad,
      ...run.circuit.nodes.flatMap(({ value$, grad$ }) => [value$, grad$]),
    ] as unknown as Subject<unknown>[];
    expect(wires.map(({ observed }) => observed)).toEqual(wires.map(() => false));
    expect([...m.runs].map(({ mode }) => mode)).toEqual(["infer"]);
  },
);

it("train() may be unsubscribed by a tap in the middle of a batch: the weights stay as they were", () => {
  const m = model(everything);
  const batches$ = new Subject<Batch>();
  const subscription = batches$.pipe(train(m, options)).subscribe();
  batches$.next(one);
  const before = stateOf(m);
  activations$(m, 6).subscribe(() => subscription.unsubscribe());
  const learned = stateOf(m);
  batches$.next(two);
  expect([before === learned, m.runs.size, batches$.observed]).toEqual([true, 0, false]);
  expect(trained(m, [two]).steps).toHaveLength(1);
});

it("train() follows a rate from the moment that it is subscribed", () => {
  const m = model(dense(1, 1, { init: constant(0) }), { precision: "float64" });
  const rate$ = new Subject<number>();
  const batches$ = new Subject<Batch>();
  batches$.pipe(train(m, { ...options, optimizer: sgd(rate$) })).subscribe();
  rate$.next(0.25);
  batches$.next({ x: matrix([[1]]), y: matrix([[1]]) });
  expect([...m.weights.values.data]).toEqual([0.5, 0.5]);
});

it("train() says what is wrong with a rate when the next step needs it", () => {
  const batch = { x: matrix([[1]]), y: matrix([[1]]) };
  const run = (rate: Parameters<typeof sgd>[0]) => {
    const m = model(dense(1, 1), { precision: "float64" });
    const before = stateOf(m);
    const { error } = trained(m, [batch], { optimizer: sgd(rate) });
    expect(stateOf(m)).toBe(before);
    return (error as Error).message;
  };
  expect(run(of(-1))).toMatch(/expects a number of at least 0 as learning rate, got -1$/);
  expect(run(() => Number.NaN)).toMatch(/expects a number of at least 0 as learning rate, got NaN$/);
  expect(run(NEVER)).toMatch(
    /expects an Observable that has emitted a learning rate before the first step, got none$/,
  );
  expect(() => sgd(-1)).toThrow("sgd(-1) expects a number of at least 0 as learning rate, got -1");
});

it.each<[string, (m: Model) => unknown, string]>([
  [
    "onInvalid",
    (m) => of(one).pipe(train(m, { ...options, onInvalid: "ignore" as "skip" })),
    'train() expects "error" or "skip" as onInvalid, got ignore',
  ],
  [
    "validation.every",
    (m) => of(one).pipe(train(m, { ...options, validation: { ...one, every: 0 } })),
    "train() expects a whole number of at least 1 as validation.every, got 0",
  ],
])("train() refuses options that make no sense: %s", (_, attempt, message) => {
  expect(() => attempt(model(plan))).toThrow(expect.objectContaining({ message }));
});

it.each<[Partial<Record<keyof TrainOptions, unknown>>, string]>([
  [{ loss: "mse" }, "train() expects a loss, such as meanSquaredError(), got string"],
  [{ loss: undefined }, "train() expects a loss, such as meanSquaredError(), got undefined"],
  [{ optimizer: "adam" }, "train() expects an optimizer, such as adam(1e-3), got string"],
  [
    { validation: { x: matrix([[1]]), y: matrix([[1]]) } },
    "train() in validation expects 2 columns in x, got 1 × 1",
  ],
])("train() says on the stream what it cannot work with: %#", (more, message) => {
  const m = model(plan);
  expect(trained(m, [one], more as Partial<TrainOptions>).error).toMatchObject({ message });
  expect(m.runs.size).toBe(0);
});

it("train() refuses a class index out of range, before anything changes", () => {
  const m = model(chain(dense(2, 3), softmax()), { precision: "float64" });
  const before = stateOf(m);
  const given = { x: one.x, y: matrix([[0], [1], [3]]) };
  const { error } = trained(m, [given], { loss: categoricalCrossentropy() });
  expect(isInvalidInput(error)).toBe(true);
  expect((error as Error).message).toMatch(/row 2/);
  expect(stateOf(m)).toBe(before);
});

it("train() refuses an embedding index out of range, and skips it without a trace", () => {
  const deep = chain(dropout(0), embedding(4, 2), dropout(0.4), dense(2, 1)); // dice roll before it finds out
  const [m, other] = [model(deep, { precision: "float64" }), model(deep, { precision: "float64" })];
  const good = (i: number) => ({ x: matrix([[i]]), y: matrix([[1]]) });
  const { error, steps } = trained(m, [good(1), good(9), good(2)], {
    onInvalid: "skip",
    optimizer: adam(0.1),
  });
  trained(other, [good(1), good(2)], { optimizer: adam(0.1) });
  expect([error, steps.length]).toEqual([undefined, 2]);
  expect(stateOf(m)).toBe(stateOf(other));
});
it("train() does not blame a batch for what goes wrong in validation", () => {
  const m = model(chain(embedding(4, 2), dense(2, 1)));
  const rejected: Rejection[] = [];
  m.rejected$.subscribe((rejection) => rejected.push(rejection));
  const { error } = trained(m, [{ x: matrix([[1]]), y: matrix([[1]]) }], {
    onInvalid: "skip",
    validation: { x: matrix([[7]]), y: matrix([[1]]) },
  });
  expect((error as Error).message).toBe(
    "train() in validation: embedding(4, 2) expects whole numbers from 0 to 3, got 7 in row 0, column 0",
  );
  expect(rejected).toEqual([]);
});

it("train() does not skip faults of the program: a layer of your own, or mapGradient, with wrong shapes", () => {
  const wrong = layer({ name: "wrong()", forward: (x) => ({ y: zeros(1, 1), backward: () => ({ dx: x }) }) });
  for (const part of [wrong, mapGradient(() => zeros(9, 9))]) {
    const { error } = trained(model(chain(part, dense(2, 1))), [one], { onInvalid: "skip" });
    expect((error as Error).message).toMatch(/^(wrong|mapGradient)\(\) expects 3 × 2/);
  }
});

it("train() names a loss whose gradient has a wrong shape", () => {
  const odd = Object.assign(() => ({ value: 1, grad: zeros(1, 7) }), { source: "odd()", check: () => {} });
  expect(trained(model(plan), [one], { loss: odd }).error).toMatchObject({
    message: "odd() expects a gradient of 3 × 1, got 1 × 7",
  });
});

/** The model, but its graphs lose every gradient that is sent back. */
const leaky = (m: Model, lost: (id: number) => boolean): Model => {
  const start: Model["start"] = (mode) => {
    const run = m.start(mode);
    const { output } = run;
    const grad = {
      ...output.grad,
      next: (frame: Parameters<Run["output"]["grad"]["next"]>[0]) => {
        if (!lost(frame.id)) output.grad.next(frame);
      },
    };
    return { ...run, output: { ...output, grad } };
  };
  return Object.create(m, { start: { value: start } }) as Model;
};

it("train() says that a wire has a loose end when a gradient never comes back, and hangs nowhere", () => {
  const m = model(everything);
  const before = stateOf(m);
  const { error, steps } = trained(
    leaky(m, () => true),
    [one],
  );
  expect((error as Error).message).toMatch(
    /^train\(\) expects the gradient of batch 0 back at the input, got none: a wire has a loose end/,
  );
  expect(steps).toEqual([]);
  expect(stateOf(m)).toBe(before);
  expect(m.runs.size).toBe(0);
});

it("train() of a fork of which one branch brings nothing back is an error, at the batch itself", () => {
  const m = model(dense(2, 1));
  const forked = Object.create(m, {
    start: {
      value: (mode: "train" | "infer"): Run => {
        const run = m.start(mode);
        const [output] = fork(run.output, 2);
        return { ...run, output };
      },
    },
  }) as Model;
  const { error } = trained(forked, [one]);
  expect((error as Error).message).toMatch(/loose end/);
});

it("train() gives a batch that fails on its way no effect on a later one, not even running statistics", () => {
  const m = model(everything);
  const good = model(everything);
  const engineFault = leaky(m, (id) => id === 1);
  trained(m, [one]);
  trained(engineFault, [three, two]); // the second is lost
  trained(m, [three]);
  trained(good, [one]);
  trained(good, [three]);
  trained(good, [three]);
  expect(stateOf(m)).toBe(stateOf(good));
});

it("train() counts ids through a run", () => {
  const { steps } = trained(model(plan), batches);
  expect(steps.map(({ id }) => id)).toEqual([0, 1, 2, 3]);
  expect(new Set(steps.map(({ run }) => run)).size).toBe(1);
});

it("train() under a hot, shared source stops an endless training when nobody wants more", () => {
  const m = model(plan);
  const endless = function* () {
    for (let i = 0; i < 1000; i++) yield one;
    throw new Error("not stopped");
  };
  const seen: number[] = [];
  from(endless())
    .pipe(share(), train(m, options), take(3), toArray())
    .subscribe((steps) => seen.push(steps.length));
  expect(seen).toEqual([3]);
});

it("train() reads the same batch object again and again without changing it", () => {
  const before = [bytesOf(one.x.data), bytesOf(one.y.data)];
  trained(model(everything, { precision: "float64" }), [one, one, one]);
  expect([bytesOf(one.x.data), bytesOf(one.y.data)]).toEqual(before);
});

it("train() uses weights that somebody writes between batches", () => {
  const m = model(named("only", dense(1, 1)), { precision: "float64" });
  const batches$ = new Subject<Batch>();
  const losses: number[] = [];
  batches$.pipe(train(m, { ...options, optimizer: spy() })).subscribe(({ loss }) => losses.push(loss));
  for (const w of [1, 2, 3]) {
    m.parameters[0]!.value.data[0] = w;
    batches$.next({ x: matrix([[1]]), y: matrix([[0]]) });
  }
  expect(losses).toEqual([1, 4, 9]);
});
