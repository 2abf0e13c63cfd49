import {
  accuracy,
  adam,
  type Batch,
  batchNorm,
  binaryCrossentropy,
  chain,
  dense,
  dropout,
  embedding,
  type Fold,
  learner,
  type Model,
  matrix,
  meanSquaredError,
  model,
  type PrequentialStep,
  prequential,
  type Rejection,
  relu,
  residual,
  rmse,
  type Scored,
  sgd,
  tanh,
} from "rxgrad";
import { from, Subject } from "rxjs";
import { describe, expect, it } from "vitest";
import { operatorLaws } from "../laws/operator.ts";
import { stateOf } from "../support/modelState.ts";

const batches: readonly Batch[] = [1, 2, 3, 4, 5].map((seed) => ({
  x: matrix([0, 1, 2].map((i) => [Math.sin(i + seed), Math.cos(i * seed)])),
  y: matrix([0, 1, 2].map((i) => [(i + seed) % 2])),
}));
const [one] = batches as [Batch];
const plans = {
  plain: chain(
    dense(2, 3, { activation: "tanh" }),
    residual(dense(3, 3)),
    dense(3, 1, { activation: "sigmoid" }),
  ),
  dropout: chain(dense(2, 3, { activation: "tanh" }), dropout(0.5), dense(3, 1, { activation: "sigmoid" })),
  batchNorm: chain(dense(2, 3), batchNorm(3), tanh(), dense(3, 1, { activation: "sigmoid" })),
};
const options = () => ({ loss: binaryCrossentropy(), optimizer: adam(0.05) });
const metrics = () => ({ accuracy: accuracy(), rmse: rmse() });

const scored = (m: Model, given: readonly Batch[], more = {}) => {
  const steps: PrequentialStep<ReturnType<typeof metrics>>[] = [];
  let failure: unknown;
  from(given)
    .pipe(prequential(m, { ...options(), metrics: metrics(), ...more }))
    .subscribe({
      next: (step) => steps.push(step),
      error: (error) => {
        failure = error;
      },
    });
  return { steps, failure };
};

operatorLaws("prequential()", {
  operator: () => prequential(model(plans.plain, { seed: 1 }), { ...options(), metrics: metrics() }),
  items: batches,
  expected: (given) => scored(model(plans.plain, { seed: 1 }), given).steps,
  sharesState: "they train the same weights",
});

describe.each(Object.entries(plans))("prequential() of a model with %s", (name, plan) => {
  it.each(["float64", "float32"] as const)(
    "predicts as an application would, then learns, in %s",
    (precision) => {
      const [m, byHand] = [model(plan, { seed: 2, precision }), model(plan, { seed: 2, precision })];
      const { steps } = scored(m, batches);
      const engine = learner(byHand, options());
      const folds = metrics();
      let states = { accuracy: folds.accuracy.init(), rmse: folds.rmse.init() };
      batches.forEach((batch, i) => {
        const prediction = byHand.predict(batch.x);
        const { loss } = engine.learnBatch(batch);
        const item: Scored = { prediction, target: batch.y };
        states = {
          accuracy: folds.accuracy.step(states.accuracy, item),
          rmse: folds.rmse.step(states.rmse, item),
        };
        expect(steps[i]).toMatchObject({ id: i, size: 3, loss });
        expect(steps[i]!.prediction).toEqual(prediction);
        expect(steps[i]!.target).toBe(batch.y);
        expect(steps[i]!.metrics).toEqual({
          accuracy: folds.accuracy.read(states.accuracy),
          rmse: folds.rmse.read(states.rmse),
        });
      });
      expect(stateOf(m)).toBe(stateOf(byHand));
      expect(m.nodes.some(({ layer }) => layer.modal)).toBe(name !== "plain");
    },
  );
});

it("prequential() gives predictions that later batches leave alone", () => {
  const kept: number[][] = [];
  const { steps } = (() => {
    const all: PrequentialStep<Record<never, never>>[] = [];
    from(batches)
      .pipe(prequential(model(plans.plain), options()))
      .subscribe((step) => {
        kept.push([...step.prediction.data]);
        all.push(step);
      });
    return { steps: all };
  })();
  expect(steps.map(({ prediction }) => [...prediction.data])).toEqual(kept);
  expect(steps[0]!.metrics).toEqual({});
});

it("prequential() drops bad data with skip: neither weights nor metrics have seen it", () => {
  for (const plan of Object.values(plans)) {
    const [m, without] = [model(plan), model(plan)];
    const rejected: Rejection[] = [];
    m.rejected$.subscribe((rejection) => rejected.push(rejection));
    const bad: readonly unknown[] = [
      { x: matrix([[1, Number.NaN]]), y: matrix([[1]]) },
      { x: matrix([[1]]), y: matrix([[1]]) },
      { x: one.x, y: matrix([[0], [2], [0]]) },
      undefined,
    ];
    const { steps, failure } = scored(m, [one, ...(bad as Batch[]), one], { onInvalid: "skip" });
    const want = scored(without, [one, one]);
    expect(failure).toBeUndefined();
    expect(rejected.map(({ batch }) => batch)).toEqual(bad);
    expect(rejected[0]!.error.actor).toBe("prequential()");
    expect(steps.map((step) => step.metrics)).toEqual(want.steps.map((step) => step.metrics));
    expect(stateOf(m)).toBe(stateOf(without));
  }
});

it("prequential() ends with an error at bad data, and nothing has changed", () => {
  const m = model(plans.dropout);
  const before = stateOf(m);
  const { steps, failure } = scored(m, [
    { x: matrix([[1, Number.POSITIVE_INFINITY]]), y: matrix([[1]]) },
    one,
  ]);
  expect((failure as Error).message).toBe(
    "prequential() expects finite numbers in x, got Infinity in row 0, column 1",
  );
  expect([steps.length, stateOf(m)]).toEqual([0, before]);
});

it("prequential() refuses without a trace what only the layers can refuse", () => {
  const plan = chain(dropout(0.5), embedding(4, 2), dropout(0.5), dense(2, 1));
  const m = model(plan);
  const before = stateOf(m);
  const { failure } = scored(m, [{ x: matrix([[9]]), y: matrix([[1]]) }], { loss: meanSquaredError() });
  expect((failure as Error).message).toMatch(/^embedding\(4, 2\) expects whole numbers/);
  expect(stateOf(m)).toBe(before);
});

it("prequential() names the metric that fails, and does not blame the batch for it", () => {
  const picky: Fold<Scored, number, number> = {
    init: () => 0,
    step: (count) => {
      if (count === 1) throw Object.assign(new Error("no more"), { name: "InvalidInputError" });
      return count + 1;
    },
    read: (count) => count,
  };
  const m = model(plans.plain);
  const rejected: Rejection[] = [];
  m.rejected$.subscribe((rejection) => rejected.push(rejection));
  const { steps, failure } = scored(m, [one, one, one], { metrics: { picky }, onInvalid: "skip" });
  expect(steps).toHaveLength(1);
  expect((failure as Error).message).toBe("prequential() in picky: no more");
  expect(rejected).toEqual([]);
});

it("prequential() starts metrics anew for each training", () => {
  const steps$ = from([one, one]).pipe(
    prequential(model(plans.plain), { loss: binaryCrossentropy(), optimizer: sgd(0), metrics: metrics() }),
  );
  const seen: number[][] = [[], []];
  for (const list of seen) steps$.subscribe((step) => list.push(step.metrics.rmse));
  expect(seen[1]).toEqual(seen[0]);
});

it("prequential() shares one training, and queues what a subscriber pushes", () => {
  const m = model(chain(dense(2, 2), relu(), dense(2, 1, { activation: "sigmoid" })));
  const batches$ = new Subject<Batch>();
  const steps$ = batches$.pipe(prequential(m, options()));
  const order: string[] = [];
  steps$.subscribe(({ id }) => {
    order.push(`a${id}`);
    if (id === 0) batches$.next(one);
  });
  steps$.subscribe(({ id }) => order.push(`b${id}`));
  batches$.next(one);
  expect(order).toEqual(["a0", "b0", "a1", "b1"]);
  expect([...m.runs].map(({ mode }) => mode)).toEqual(["train"]);
});
