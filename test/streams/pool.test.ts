import {
  accuracy,
  adam,
  type Batch,
  binaryCrossentropy,
  type Candidate,
  chain,
  champion,
  conceptDrift,
  dense,
  exponentialWeights,
  grid,
  guard,
  hedge,
  hedged,
  type Loss,
  learner,
  matrix,
  meanSquaredError,
  minibatch,
  model,
  type PoolStep,
  type PoolStreamOptions,
  pool,
  poolLearner,
  prequential,
  type Rejection,
  random,
  rmse,
  type Sample,
  sea,
  sgd,
} from "rxgrad";
import { from, lastValueFrom, Subject, toArray } from "rxjs";
import { describe, expect, it } from "vitest";
import { operatorLaws } from "../laws/operator.ts";
import { stateOf } from "../support/modelState.ts";

const line = (seed = 1) => model(chain(dense(2, 1)), { seed, precision: "float64" });
const rates = (...values: number[]) =>
  grid({ rate: values }, ({ rate }) => ({ model: line(), optimizer: sgd(rate) }));
const r = random(7);
const batches: readonly Batch[] = Array.from({ length: 40 }, () => {
  const x = [0, 1, 2].map(() => [r.normal(), r.normal()]);
  return { x: matrix(x), y: matrix(x.map(([a, b]) => [a! - 2 * b! + 0.1 * r.normal()])) };
});
const five = batches.slice(0, 5);
const loss = meanSquaredError();
const stepsOf = <Name extends string>(
  candidates: readonly Candidate<Name>[],
  given: readonly Batch[],
  options: Partial<PoolStreamOptions> = {},
): PoolStep<Name>[] => {
  const steps: PoolStep<Name>[] = [];
  from(given)
    .pipe(pool(candidates, { loss, ...options }))
    .subscribe((step) => steps.push(step));
  return steps;
};
const sum = (of: readonly number[]) => of.reduce((a, b) => a + b, 0);

operatorLaws("pool()", {
  operator: () => pool(rates(0.1, 0.01), { loss, metrics: { rmse: rmse() } }),
  items: five,
  expected: (given) => stepsOf(rates(0.1, 0.01), given, { metrics: { rmse: rmse() } } as object),
  sharesState: "they train the same weights",
});

describe("pool()", () => {
  it("of one learner is that learner, prequentially", async () => {
    const m = line();
    const alone = await lastValueFrom(
      from(batches).pipe(
        prequential(m, { loss, optimizer: adam(0.05), metrics: { rmse: rmse() } }),
        toArray(),
      ),
    );
    const one = [{ name: "one", model: line(), optimizer: adam(0.05) }] as const;
    const pooled = await lastValueFrom(
      from(batches).pipe(pool(one, { loss, metrics: { rmse: rmse() } }), toArray()),
    );
    expect(pooled.map(({ prediction }) => [...prediction.data])).toEqual(
      alone.map(({ prediction }) => [...prediction.data]),
    );
    expect(pooled.map(({ metrics }) => metrics)).toEqual(alone.map(({ metrics }) => metrics));
    expect(stateOf(one[0].model)).toBe(stateOf(m));
  });

  it("answers with the weighted mean of what all answer, by the losses before, and all learn as if alone", () => {
    const candidates = rates(0.3, 0.03, 0.003);
    const alone = [0.3, 0.03, 0.003].map((rate) => {
      const m = line();
      return { m, own: learner(m, { loss, optimizer: sgd(rate) }) };
    });
    const fold = exponentialWeights(3, { eta: 0.5 });
    let state = fold.init();
    const steps = stepsOf(candidates, batches, { combine: (k) => exponentialWeights(k, { eta: 0.5 }) });
    batches.forEach((batch, t) => {
      const step = steps[t]!;
      const { weights } = fold.read(state);
      const answers = alone.map(({ m }) => m.predict(batch.x));
      const want = Array.from(answers[0]!.data, (_, j) =>
        sum(answers.map(({ data }, i) => weights[i]! * data[j]!)),
      );
      const losses = answers.map((p) => loss(p, batch.y).value);
      want.forEach((v, j) => {
        expect(step.prediction.data[j]).toBeCloseTo(v, 12);
      });
      expect(Object.values(step.weights)).toEqual(weights.map((w) => expect.closeTo(w, 12)));
      expect(Object.values(step.losses)).toEqual(losses);
      expect(step.loss).toBe(loss(step.prediction, batch.y).value);
      expect(step).toMatchObject({ id: t, size: 3, target: batch.y, failed: [] });
      state = fold.step(state, losses);
      expect(step.champion).toBe(candidates[fold.read(state).champion]!.name);
      for (const { own } of alone) own.learnBatch(batch);
    });
    candidates.forEach((one, i) => {
      expect(stateOf(one.model)).toBe(stateOf(alone[i]!.m));
    });
  });

  it("loses no more than its best learner and ln k / η + η·n/8, by a loss from 0 to 1", () => {
    /** It only scores: a quarter of the squared error of what tanh keeps within ±1. */
    const bounded: Loss = Object.assign(
      (...[p, t, w]: Parameters<Loss>) => {
        const { value, grad } = loss(p, t, w);
        return { value: value / 4, grad };
      },
      { source: "bounded()", check: loss.check },
    );
    for (let seed = 1; seed <= 5; seed++) {
      const rng = random(seed);
      const eta = 0.3;
      const candidates = grid({ rate: [1, 0.1, 0.01, 0], start: [1, 2] }, ({ rate, start }) => ({
        model: model(chain(dense(2, 1, { activation: "tanh" })), { seed: 10 * seed + start }),
        loss,
        optimizer: sgd(rate),
      }));
      const given = Array.from({ length: 150 }, (_, t) => ({
        x: matrix([[rng.normal(), rng.normal()]]),
        y: matrix([[Math.tanh(rng.normal() + (t < 75 ? 1 : -1))]]),
      }));
      const steps = stepsOf(candidates, given, {
        loss: bounded,
        combine: (k) => exponentialWeights(k, { eta }),
      });
      let lost = 0;
      const sums = candidates.map(() => 0);
      steps.forEach((step, t) => {
        lost += step.loss;
        candidates.forEach(({ name }, i) => {
          sums[i]! += step.losses[name]!;
        });
        expect(lost).toBeLessThan(Math.min(...sums) + Math.log(8) / eta + (eta * (t + 1)) / 8);
      });
      expect(steps).toHaveLength(150);
    }
  });

  it("without any option ends near the best of rates over four decades", () => {
    const samples = [...sea(1, { count: 2000, seed: 3 })].map(({ x, y }) => ({
      x: x.map((v) => v / 5 - 1),
      y,
    }));
    const candidates = grid({ rate: [1, 0.1, 0.01, 0.001, 0.0001] }, ({ rate }) => ({
      model: model(chain(dense(3, 8, { activation: "relu" }), dense(8, 1, { activation: "sigmoid" })), {
        seed: 1,
      }),
      optimizer: sgd(rate),
    }));
    const given = samples.map(({ x, y }) => ({ x: matrix([x]), y: matrix([[y]]) }));
    const steps = stepsOf(candidates, given, { loss: binaryCrossentropy() });
    const lost = sum(steps.map((step) => step.loss));
    const each = candidates.map(({ name }) => sum(steps.map(({ losses }) => losses[name]!)));
    expect(lost).toBeLessThan(1.05 * Math.min(...each));
    expect(Math.max(...each)).toBeGreaterThan(2 * Math.min(...each));
  });

  it("promotes the challenger when the concept drifts, and not before", async () => {
    const scaled = ({ x, y }: { x: readonly number[]; y: number }, turned: boolean): Sample => ({
      x: x.map((v) => v / 5 - 1),
      y: turned ? 1 - y : y,
    });
    const [before, after] = [sea(0, { count: 3000, seed: 1 }), sea(0, { count: 2000, seed: 2 })];
    const stream = conceptDrift(
      [...before].map((one) => scaled(one, false)),
      [...after].map((one) => scaled(one, true)),
      { position: 1500 },
    );
    const net = () => model(chain(dense(3, 1, { activation: "sigmoid" })), { seed: 1 });
    const steady = net();
    const schooled = learner(steady, { loss: binaryCrossentropy(), optimizer: sgd(0.1) });
    for (const one of sea(0, { count: 3000, seed: 9 })) {
      const { x, y } = scaled(one, false);
      schooled.learnOne(x, y);
    }
    const steps = await lastValueFrom(
      stream.pipe(
        minibatch(5),
        pool(
          [
            { name: "steady", model: steady, optimizer: sgd(1e-4) },
            { name: "quick", model: net(), optimizer: sgd(0.5) },
          ],
          {
            loss: binaryCrossentropy(),
            combine: (k) => champion(k, { fading: 0.95, margin: 0.1, patience: 10 }),
            metrics: { accuracy: accuracy() },
          },
        ),
        toArray(),
      ),
    );
    const reign = steps.map((step) => step.champion);
    expect(reign.slice(150, 300)).toEqual(Array(150).fill("steady"));
    const promoted = reign.indexOf("quick", 150);
    expect(promoted).toBeGreaterThan(309);
    expect(promoted).toBeLessThan(340);
    expect(reign.slice(promoted)).toEqual(Array(reign.length - promoted).fill("quick"));
    expect(steps.at(-1)!.weights).toEqual({ steady: 0, quick: 1 });
  });

  it.each([
    ["exponentialWeights", exponentialWeights],
    ["champion", champion],
  ] as const)("goes on by %s without a learner that diverges, and tells of it once", (_, combine) => {
    const candidates = [
      { name: "wild", model: line(), optimizer: sgd(1e4) },
      { name: "calm", model: line(2), optimizer: sgd(0.1) },
    ] as const;
    const steps = stepsOf(candidates, Array.from({ length: 5 }, () => batches).flat(), { combine });
    expect(steps).toHaveLength(200);
    const failures = steps.flatMap(({ failed }) => failed);
    expect(failures).toEqual([
      { name: "wild", error: expect.objectContaining({ name: "InvalidInputError" }) },
    ]);
    expect(
      steps.every(({ prediction, loss: value }) => [...prediction.data, value].every(Number.isFinite)),
    ).toBe(true);
    expect(steps.at(-1)).toMatchObject({
      weights: { wild: 0, calm: 1 },
      champion: "calm",
      losses: { wild: Number.NaN },
    });
    expect(steps.at(-1)!.loss).toBeLessThan(0.1);
    expect([...candidates[0].model.parameters[0]!.value.data].every(Number.isFinite)).toBe(true);
  });

  it("refuses a bad batch before anybody learns, and skips it when told to", () => {
    const candidates = rates(0.1, 0.01);
    const bad = { x: matrix([[1, Number.NaN]]), y: matrix([[1]]) };
    const before = candidates.map((one) => stateOf(one.model));
    const seen: unknown[] = [];
    from([bad])
      .pipe(pool(candidates, { loss }))
      .subscribe({ error: (error) => seen.push(error) });
    expect(seen).toEqual([expect.objectContaining({ name: "InvalidInputError" })]);
    const rejected: Rejection[][] = candidates.map(({ model: m }) => {
      const all: Rejection[] = [];
      m.rejected$.subscribe((one) => all.push(one));
      return all;
    });
    expect(stepsOf(candidates, [bad, { ...bad, x: matrix([[1]]) }], { onInvalid: "skip" })).toEqual([]);
    expect(rejected.map((all) => all.length)).toEqual([2, 2]);
    expect(candidates.map((one) => stateOf(one.model))).toEqual(before);
  });

  it("blames a batch that no learner can learn from, and puts nobody out for it", () => {
    const candidates = rates(0.1, 0.01);
    const own = poolLearner(candidates, { loss });
    own.learnBatch(batches[0]!);
    const before = [candidates.map((one) => stateOf(one.model)), own.state()];
    expect(() => own.learnOne([1e200, 1], 1)).toThrow(expect.objectContaining({ name: "InvalidInputError" }));
    expect([candidates.map((one) => stateOf(one.model)), own.state()]).toEqual(before);
    expect(own.learnBatch(batches[1]!).failed).toEqual([]);
  });

  it("gives a batch that a subscriber pushes its turn after the one that is handled", () => {
    const source$ = new Subject<Batch>();
    const seen: number[] = [];
    source$.pipe(pool(rates(0.1, 0.01), { loss })).subscribe(({ id, size }) => {
      if (id === 0) source$.next({ x: matrix([[1, 2]]), y: matrix([[0]]) });
      seen.push(id, size);
    });
    source$.next(batches[0]!);
    expect(seen).toEqual([0, 3, 1, 1]);
  });

  it("learns the rows of a replay, and scores the fresh ones", () => {
    const [fresh, old] = batches as [Batch, Batch];
    const both = {
      x: matrix([
        ...[0, 1, 2].map((i) => fresh.x.data.slice(2 * i, 2 * i + 2)),
        ...[0, 1, 2].map((i) => old.x.data.slice(2 * i, 2 * i + 2)),
      ]),
      y: matrix([...fresh.y.data, ...old.y.data].map((v) => [v])),
      fresh,
    };
    const [a, b] = [rates(0.1), rates(0.1)];
    const [step] = stepsOf(a, [both]);
    expect([step!.prediction.rows, step!.target, step!.size]).toEqual([6, both.y, 6]);
    expect(step!.loss).toBeCloseTo(stepsOf(rates(0.1), [fresh])[0]!.loss, 6);
    learner(b[0]!.model, { loss, optimizer: sgd(0.1) }).learnBatch({ x: both.x, y: both.y });
    expect(stateOf(a[0]!.model)).toBe(stateOf(b[0]!.model));
  });

  it("takes learners of different shapes and losses, a hedged one too", () => {
    const plan = hedge(2, 1, { hidden: [4, 4] });
    const candidates = [
      { name: "line", model: line(), optimizer: sgd(0.05) },
      { name: "hedge", model: model(plan, { seed: 1 }), loss: hedged(loss, plan), optimizer: sgd(0.05) },
    ] as const;
    const steps = stepsOf(candidates, batches);
    expect(steps.at(-1)!.losses.hedge).toBeLessThan(steps[0]!.losses.hedge);
    expect(steps.every(({ prediction }) => prediction.cols === 1)).toBe(true);
  });

  it("refuses candidates that do not go together", () => {
    const refused = (candidates: readonly Candidate[], message: string) =>
      expect(() => pool(candidates, { loss })).toThrow(message);
    const one = { name: "a", model: line(), optimizer: sgd(0.1) };
    refused([], "pool() expects at least one candidate, got none");
    refused([one, { ...one, model: line() }], 'a name of its own for each candidate, got "a" twice');
    refused([one, { ...one, name: "b" }], "a model of its own for each candidate, got that of b twice");
    refused(
      [one, { ...one, name: "b", model: model(chain(dense(2, 2))) }],
      "models of 1 outputs, as a has, got 2 in b",
    );
    refused(
      [one, { ...one, name: "b", model: model(chain(dense(3, 1))) }],
      "models of 2 inputs, as a has, got 3 in b",
    );
    refused(
      [{ ...one, rate: 3 } as Candidate],
      "options named name, model, loss, optimizer, classWeight, guard, got rate",
    );
    expect(() => pool([one], { loss, eta: 3 } as never)).toThrow(
      "options named loss, combine, metrics, onInvalid, got eta",
    );
    expect(() => poolLearner([one], { loss, combine: "champion" as never })).toThrow(
      "a function as combine, such as champion",
    );
    expect(() => poolLearner([one], { loss: undefined as never })).toThrow(
      "a loss, such as meanSquaredError()",
    );
    expect(() => poolLearner([one], { loss, combine: () => champion(2) })).toThrow(
      "a combination of 1 learners, got one of 2",
    );
  });
});

describe("pool() of learners with a guard", () => {
  const poisoned = batches.map((batch, i) =>
    i === 25 ? { x: batch.x, y: matrix([[1e9], [1e9], [1e9]]) } : batch,
  );
  const told = (candidates: readonly Candidate[]) => {
    const refused: [string, Rejection][] = [];
    for (const { name, model } of candidates) model.rejected$.subscribe((one) => refused.push([name, one]));
    return refused;
  };

  it("keeps them in, and lets those learn that have none", () => {
    const [a, b] = rates(0.1, 0.01);
    const candidates = [{ ...a!, guard: guard() }, b!];
    const refused = told(candidates);
    const steps = stepsOf(candidates, poisoned);
    expect(steps).toHaveLength(40);
    expect(steps[25]!.refused).toMatchObject([{ name: a!.name, error: { action: "skipped" } }]);
    expect(steps[25]!.guards).toEqual({});
    expect(steps.flatMap(({ failed }) => failed)).toEqual([]);
    expect(steps[26]!.guards).toMatchObject({ [a!.name]: { refused: 1 } });
    expect(refused).toMatchObject([[a!.name, { action: "skipped" }]]);
    const clean = learner(line(), { loss, optimizer: sgd(0.1) });
    for (const [i, batch] of batches.entries()) if (i !== 25) clean.learnBatch(batch);
    expect([...a!.model.predict([1, 2]).data]).toEqual(clean.predict([1, 2]));
  });

  it("gives no step of a batch that all refuse, which each tells of on its own, and nothing counts", () => {
    const candidates = rates(0.1, 0.01).map((one) => ({ ...one, guard: guard() }));
    const refused = told(candidates);
    const metrics = { rmse: rmse() };
    const steps = stepsOf(candidates, poisoned, { metrics } as object);
    const clean = stepsOf(
      rates(0.1, 0.01),
      batches.filter((_, i) => i !== 25),
      { metrics } as object,
    );
    expect(steps.map(({ loss, weights, metrics }) => ({ loss, weights, metrics }))).toEqual(
      clean.map(({ loss, weights, metrics }) => ({ loss, weights, metrics })),
    );
    expect(refused.map(([name, { action }]) => [name, action])).toEqual(
      candidates.map(({ name }) => [name, "skipped"]),
    );
  });

  it('takes one out whose policy is "stop"', () => {
    const [a, b] = rates(0.1, 0.01);
    const steps = stepsOf([{ ...a!, guard: guard({ policy: "stop" }) }, b!], poisoned);
    expect(steps[25]!.failed).toMatchObject([{ name: a!.name }]);
    expect(steps).toHaveLength(40);
  });

  it("throws from poolLearner what all refuse, which goes on", () => {
    const net = poolLearner(
      rates(0.1, 0.01).map((one) => ({ ...one, guard: guard() })),
      { loss },
    );
    for (const [i, batch] of poisoned.entries())
      if (i === 25) expect(() => net.learnBatch(batch)).toThrow("guard() expects a loss within its limit");
      else expect(net.learnBatch(batch).refused).toEqual([]);
    expect(net.combined().failed).toEqual([]);
  });
});

describe("poolLearner()", () => {
  it("learns by plain calls what pool() learns from a stream", () => {
    const [a, b] = [rates(0.3, 0.01), rates(0.3, 0.01)];
    const own = poolLearner(a, { loss });
    const called = batches.map((batch) => own.learnBatch(batch));
    const streamed = stepsOf(b, batches).map(({ target: _, metrics: __, ...learned }) => learned);
    expect(called).toEqual(streamed);
    expect(a.map((one) => stateOf(one.model))).toEqual(b.map((one) => stateOf(one.model)));
  });

  it("answers rows and matrices by the weights of now, and changes nothing by it", () => {
    const candidates = rates(0.3, 0.01);
    const own = poolLearner(candidates, { loss });
    for (let i = 0; i < 20; i++) own.learnOne([i % 3, i % 5], i % 7, 1);
    const before = [candidates.map((one) => stateOf(one.model)), own.state()];
    const { weights, failed } = own.combined();
    expect([sum(weights), failed]).toEqual([expect.closeTo(1, 12), []]);
    const want = sum(candidates.map((one, i) => weights[i]! * one.model.predict([1, 2]).data[0]!));
    expect(own.predict([1, 2])).toEqual([expect.closeTo(want, 12)]);
    expect([...own.predict(matrix([[1, 2]])).data]).toEqual([expect.closeTo(want, 12)]);
    expect([candidates.map((one) => stateOf(one.model)), own.state()]).toEqual(before);
  });

  it("goes on from a state that went through JSON", () => {
    const [a, b] = [rates(0.3, 0.01), rates(0.3, 0.01)];
    const [whole, first] = [
      poolLearner(a, { loss, combine: champion }),
      poolLearner(b, { loss, combine: champion }),
    ];
    for (const batch of batches) whole.learnBatch(batch);
    for (const batch of batches.slice(0, 20)) first.learnBatch(batch);
    const state: unknown = JSON.parse(JSON.stringify(first.state()));
    first.close();
    const second = poolLearner(b, { loss, combine: champion, state });
    for (const batch of batches.slice(20)) second.learnBatch(batch);
    expect(second.state()).toEqual(whole.state());
    expect(() => poolLearner(rates(1, 2, 3), { loss, combine: champion, state })).toThrow(
      /3 learners, got one of 2/,
    );
  });
});

it("grid() makes a candidate for every combination, named by it", () => {
  const made: unknown[] = [];
  const all = grid({ rate: [0.1, 0.01], hidden: [[8], [8, 8]], activation: ["relu"] }, (setting) => {
    made.push(setting);
    return { model: line(), optimizer: sgd(setting.rate) };
  });
  expect(all.map(({ name }) => name)).toEqual([
    "rate 0.1, hidden [8], activation relu",
    "rate 0.1, hidden [8,8], activation relu",
    "rate 0.01, hidden [8], activation relu",
    "rate 0.01, hidden [8,8], activation relu",
  ]);
  expect(made[3]).toEqual({ rate: 0.01, hidden: [8, 8], activation: "relu" });
  expect(() => grid({ rate: [] }, () => ({ model: line(), optimizer: sgd(1) }))).toThrow(
    "grid() expects an array of at least one value for rate, got none",
  );
});
