import { from, Subject } from "rxjs";
import { expect, it } from "vitest";
import { mean } from "../../src/folds/mean.ts";
import { over } from "../../src/folds/over.ts";
import type { Batch } from "../../src/graph/batch.ts";
import { type Model, model, type Rejection } from "../../src/graph/model.ts";
import { chain } from "../../src/graph/plan.ts";
import { batchNorm } from "../../src/layers/batchNorm.ts";
import { dense } from "../../src/layers/dense.ts";
import { embedding } from "../../src/layers/embedding.ts";
import { meanSquaredError } from "../../src/losses/meanSquaredError.ts";
import type { InvalidInputError } from "../../src/math/invalid.ts";
import { matrix } from "../../src/math/matrix.ts";
import { random } from "../../src/math/random.ts";
import { vector } from "../../src/math/vector.ts";
import { adam } from "../../src/optimizers/adam.ts";
import { sgd } from "../../src/optimizers/sgd.ts";
import { slowed } from "../../src/optimizers/slowed.ts";
import { type GuardOptions, guard } from "../../src/streams/guard.ts";
import { learner } from "../../src/streams/learner.ts";
import { prequential } from "../../src/streams/prequential.ts";
import { type Step, train } from "../../src/streams/train.ts";

const network = () => model(chain(dense(2, 4, { activation: "tanh" }), dense(4, 1)), { seed: 1 });
const bytes = (net: Model) => [...net.weights.values.data, ...net.weights.buffers.data];
const loss = meanSquaredError();

/** y = 2a − b, in batches of 4; from `from` to `to` − 1 the targets are poisoned. */
const batches = (count: number, poison: (i: number) => number | undefined = () => undefined): Batch[] => {
  const rng = random(3);
  return Array.from({ length: count }, (_, i) => {
    const x = Array.from({ length: 4 }, () => [rng.normal(), rng.normal()]);
    return { x: matrix(x), y: matrix(x.map(([a, b]) => [poison(i) ?? 2 * a! - b!])) };
  });
};

const run = (
  net: Model,
  data: readonly Batch[],
  options: GuardOptions | undefined,
  optimizer = adam(0.02),
) => {
  const steps: Step[] = [];
  const refused: Rejection[] = [];
  let end = "open";
  const watching = net.rejected$.subscribe((one) => refused.push(one));
  from(data)
    .pipe(train(net, { loss, optimizer, ...(options ? { guard: guard(options) } : {}) }))
    .subscribe({
      next: (step) => steps.push(step),
      error: ({ message }) => {
        end = message;
      },
      complete: () => {
        end = "complete";
      },
    });
  watching.unsubscribe();
  return { steps, refused, end };
};

it('guard({ policy: "skip" }) keeps poisoned targets from the weights, byte by byte, and says so on the steps', () => {
  const poison = (i: number) => (i % 50 === 49 ? 1e15 : undefined);
  const [net, clean] = [network(), network()];
  const data = batches(300, poison);
  const { steps, refused, end } = run(net, data, {});
  const wanted = run(
    clean,
    data.filter((_, i) => poison(i) === undefined),
    undefined,
  );
  expect(end).toBe("complete");
  expect(bytes(net)).toEqual(bytes(clean));
  expect(steps.map((step) => step.loss)).toEqual(wanted.steps.map((step) => step.loss));
  expect(refused.map(({ action }) => action)).toEqual(Array.from({ length: 6 }, () => "skipped"));
  expect(refused[0]!.batch).toBe(data[49]);
  expect(refused[0]!.error.message).toMatch(
    /^guard\(\) expects a loss within its limit, got .*e\+29, and the limit is [\d.]+$/,
  );
  expect(steps.at(-1)!.guard).toMatchObject({ refused: 5, rollBacks: 0, rate: 1 });
  expect(wanted.steps.at(-1)).not.toHaveProperty("guard");
});

it("guard() refuses what is not finite also while it warms up, and running statistics do not change", () => {
  const net = model(chain(dense(2, 4), batchNorm(4), dense(4, 1)), { seed: 1 });
  const before = bytes(net);
  const { steps, refused, end } = run(
    net,
    batches(3, () => 1e30), // its square is more than float32 can hold
    {},
  );
  expect([steps.length, refused.length, end]).toEqual([0, 3, "complete"]);
  expect(refused[0]!.error.message).toContain("expects a finite loss");
  expect(bytes(net)).toEqual(before);
});

it('guard({ policy: "rollBack" }) goes back to weights that many good steps have followed', () => {
  const net = network();
  const kept: number[][] = [bytes(net)];
  const refused: Rejection[] = [];
  const input$ = new Subject<Batch>();
  const steps: Step[] = [];
  net.rejected$.subscribe((one) => refused.push(one));
  input$
    .pipe(train(net, { loss, optimizer: adam(0.02), guard: guard({ policy: "rollBack", every: 10 }) }))
    .subscribe((step) => {
      steps.push(step);
      kept.push(bytes(net));
    });
  const good = batches(60);
  const [poisoned] = batches(1, () => 1e15);
  for (const batch of good.slice(0, 35)) input$.next(batch);
  input$.next(poisoned!);
  expect(refused).toMatchObject([{ action: "rolledBack" }]);
  expect(bytes(net)).toEqual(kept[20]); // those after 30 steps have only 5 behind them
  input$.next(good[35]!);
  expect(steps.at(-1)!.guard).toMatchObject({ refused: 1, rollBacks: 1, rate: 1 });
  // the optimizer has begun anew
  const fresh = network();
  fresh.weights.values.data.set(kept[20]!.slice(0, fresh.weights.values.cols));
  run(fresh, [good[35]!], undefined);
  expect(bytes(net)).toEqual(bytes(fresh));
});

it('guard({ policy: "rollBack" }) still has its limit when it goes back to the weights of the beginning', () => {
  const poison = (i: number) => (i === 40 || i === 45 ? 1e15 : undefined);
  const { steps, refused } = run(network(), batches(60, poison), { policy: "rollBack" });
  expect(refused).toHaveLength(2);
  expect(steps.at(-1)!.guard!.limit).toBeLessThan(1000);
});

it('guard({ policy: "rollBack" }) takes the losses of the beginning again when it goes back to it', () => {
  const options = { policy: "rollBack", warmup: 80, factor: 2, forgetting: { halfLife: 5 } } as const;
  const data = batches(120, (i) => (i === 90 ? 1e15 : undefined));
  const { steps, refused } = run(network(), data, options, adam(0.1));
  const [settled, again] = [steps[79]!, steps[90]!];
  expect(again.loss).toBeGreaterThan(settled.guard!.limit); // the first limit that there was would refuse it
  expect(refused).toHaveLength(1);
  expect(again.guard!.limit).toBeLessThan(50 * steps[0]!.loss);
});

it('guard({ policy: "rollBack" }) never goes back to a level that the world has left', () => {
  const poison = (i: number) => (i < 50 ? undefined : i === 120 ? 1e15 : 1e3);
  const options = { policy: "rollBack", patience: 20 } as const;
  const { steps, refused } = run(network(), batches(200, poison), options);
  expect(refused).toHaveLength(21);
  expect(steps).toHaveLength(179);
});

it("guard() gives refusals one reason, whatever the losses, so that they can be counted", () => {
  const { refused } = run(
    network(),
    batches(60, (i) => (i > 30 && i % 5 === 0 ? 1e9 * i : undefined)),
    {},
  );
  const reasons = new Set(refused.map(({ error }) => (error as InvalidInputError).expected));
  expect(refused.length).toBeGreaterThan(3);
  expect(reasons.size).toBe(1);
});

it('guard({ policy: "lowerRate" }) ends the explosion of a learning rate that is too large, and learns on', () => {
  const data = batches(600);
  const wild = sgd(3);
  const line = () => model(dense(2, 1), { seed: 1 });
  const unguarded = run(line(), data, undefined, wild);
  expect(unguarded.end).toContain("expects a finite loss");
  const { steps, end } = run(line(), data, { policy: "lowerRate", every: 20, warmup: 3 }, wild);
  expect(end).toBe("complete");
  const last = steps.at(-1)!;
  expect(last.loss).toBeLessThan(1e-6);
  expect(last.guard!.rate).toBeLessThan(0.5);
  expect(last.guard!.rollBacks).toBeGreaterThan(0);
});

it('guard({ policy: "lowerRate" }) does not go below minRate', () => {
  const { steps } = run(network(), [...batches(40), ...batches(20, () => 1e15), ...batches(1)], {
    policy: "lowerRate",
    rate: 0.1,
    minRate: 0.05,
    every: 5,
  });
  expect(steps.at(-1)!.guard).toMatchObject({ rate: 0.05, rollBacks: 20, refused: 20 });
});

it('guard({ policy: "stop" }) ends the stream with an error, also where bad data is skipped', () => {
  const net = network();
  const messages: string[] = [];
  const poison = (i: number) => (i === 30 ? 1e15 : undefined);
  from(batches(60, poison))
    .pipe(train(net, { loss, optimizer: adam(0.02), onInvalid: "skip", guard: guard({ policy: "stop" }) }))
    .subscribe({ error: (error) => messages.push(error.message, error.action) });
  expect(messages).toEqual([expect.stringMatching(/^guard\(\) expects a loss within its limit/), "stopped"]);
});

it("guard() takes a new level for the normal one after so many refusals in a row", () => {
  const { steps, refused } = run(
    network(),
    batches(200, (i) => (i < 50 ? undefined : 1e4)),
    { patience: 30 },
  );
  expect(refused).toHaveLength(30);
  expect(steps).toHaveLength(170);
});

it("guard() leaves bad data to onInvalid: nothing rolls back for it", () => {
  const net = model(chain(embedding(5, 2), dense(2, 1)), { seed: 1 });
  const ends: string[] = [];
  from([{ x: matrix([[7]]), y: matrix([[1]]) }])
    .pipe(train(net, { loss, optimizer: adam(0.02), guard: guard({ policy: "rollBack" }) }))
    .subscribe({ error: (error) => ends.push(error.message, String("action" in error)) });
  expect(ends).toEqual([expect.stringContaining("embedding(5, 2) expects"), "false"]);
});

it("guard() keeps refused batches from metrics in prequential, and learner throws what it did", () => {
  const poison = (i: number) => (i === 30 ? 1e15 : undefined);
  const net = network();
  const seen: number[] = [];
  from(batches(40, poison))
    .pipe(
      prequential(net, {
        loss,
        optimizer: adam(0.02),
        guard: guard(),
        metrics: { largest: over(({ target }) => Math.abs(target.data[0]!), mean()) },
      }),
    )
    .subscribe(({ metrics, guard: how }) => seen.push(metrics.largest, how!.refused));
  expect(seen).toHaveLength(78);
  expect(Math.max(...seen)).toBeLessThan(100);
  expect(seen.at(-1)).toBe(1);

  const one = learner(network(), { loss, optimizer: adam(0.02), guard: guard() });
  for (const batch of batches(20)) one.learnBatch(batch);
  expect(() => one.learnBatch(batches(1, () => 1e15)[0]!)).toThrow(
    expect.objectContaining({ action: "skipped" }),
  );
  expect(one.learnBatch(batches(1)[0]!).guard).toMatchObject({ refused: 1 });
});

it("guard() refuses options that are none", () => {
  expect(() => guard({ policy: "toString" as never })).toThrow(
    'guard() expects skip, rollBack, lowerRate, stop as policy, got "toString"',
  );
  expect(() => guard({ every: 0 })).toThrow("as every, got 0");
  expect(() => guard({ rate: 2 })).toThrow("as rate, got 2");
  expect(() => guard({ factor: -1 })).toThrow("as factor, got -1");
  expect(() => guard({ pateince: 3 } as never)).toThrow("minRate, factor");
});

it("slowed() multiplies the steps of a rule, and is that rule while the rate is 1", () => {
  let rate = 1;
  const rule = slowed(sgd(0.5), () => rate);
  const w = vector([1, 2]);
  const state = rule.init(w);
  const steps = () => [...rule.update(vector([4, -8]), state, w).data];
  expect(steps()).toEqual([2, -4]);
  rate = 0.25;
  expect(steps()).toEqual([0.5, -1]);
  expect(rule.source).toBe("sgd(0.5)");
});

it("train() refuses a guard that is none", () => {
  const messages: string[] = [];
  from(batches(1))
    .pipe(train(network(), { loss, optimizer: sgd(1), guard: {} as never }))
    .subscribe({ error: ({ message }) => messages.push(message) });
  expect(messages).toEqual(["train() expects a guard, such as guard(), got object"]);
});

it("guard() keeps a stream alive and weights finite, whatever comes, under every policy but stop", () => {
  const wild = [1e3, 1e9, 1e19, 1e30, -1e15, 3e38];
  for (const policy of ["skip", "rollBack", "lowerRate"] as const)
    for (let seed = 0; seed < 12; seed++) {
      const rng = random(seed);
      const net = network();
      const data = batches(250, () => (rng.uniform() < 0.15 ? wild[rng.below(wild.length)] : undefined));
      const { steps, refused, end } = run(
        net,
        data,
        { policy, every: 7, warmup: rng.below(5), patience: 9 },
        sgd(0.3),
      );
      expect(end).toBe("complete");
      expect(steps.length + refused.length).toBe(250);
      expect(bytes(net).every(Number.isFinite)).toBe(true);
      expect(refused.length).toBeGreaterThan(5);
    }
});

it("guard() begins anew with each run, and one guard may watch several models", () => {
  const watching = guard({ policy: "lowerRate" });
  const counts = [1, 2].map(() => {
    const seen: unknown[] = [];
    from(batches(40, (i) => (i === 30 ? 1e15 : undefined)))
      .pipe(train(network(), { loss, optimizer: adam(0.02), guard: watching }))
      .subscribe((step) => seen.push(step.guard));
    return seen;
  });
  expect(counts[0]).toEqual(counts[1]);
  expect(counts[0]!.at(-1)).toMatchObject({ refused: 1, rate: 0.5 });
});
