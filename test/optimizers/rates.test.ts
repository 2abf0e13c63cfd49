import { readFileSync } from "node:fs";
import { BehaviorSubject, concat, NEVER, of, Subject, throwError } from "rxjs";
import { describe, expect, test } from "vitest";
import { vector } from "../../src/math/vector.ts";
import { accumulate } from "../../src/optimizers/accumulate.ts";
import { cosine } from "../../src/optimizers/cosine.ts";
import { exponentialDecay } from "../../src/optimizers/exponentialDecay.ts";
import { freeze } from "../../src/optimizers/freeze.ts";
import { inOrder } from "../../src/optimizers/inOrder.ts";
import { inverseTime } from "../../src/optimizers/inverseTime.ts";
import type { Schedule } from "../../src/optimizers/learningRate.ts";
import { oneCycle } from "../../src/optimizers/oneCycle.ts";
import { type ReduceOnPlateauOptions, reduceOnPlateau } from "../../src/optimizers/reduceOnPlateau.ts";
import type { Rule } from "../../src/optimizers/rule.ts";
import { sgd } from "../../src/optimizers/sgd.ts";
import { stepDecay } from "../../src/optimizers/stepDecay.ts";
import { warmup } from "../../src/optimizers/warmup.ts";
import { rated } from "./members.ts";

interface Fixtures {
  schedules: Record<string, number[]>;
  plateau: { losses: number[]; cases: { options: ReduceOnPlateauOptions; rates: number[] }[] };
}

const fixtures: Fixtures = JSON.parse(
  readFileSync(new URL("../fixtures/rules.json", import.meta.url), "utf8"),
);
const one = vector([1]);
const w = vector([0]);

/** The steps of a rule for gradients of 1: for sgd they are the rates. */
const steps = (rule: Rule, state: unknown, n: number): number[] =>
  Array.from({ length: n }, () => rule.update(one, state, w).data[0]!);

/** Every schedule; to add one is to add a line. */
const schedules: Schedule[] = [
  exponentialDecay(0.1, { rate: 0.9 }),
  exponentialDecay(0.1, { rate: 0.5, every: 4, staircase: true }),
  exponentialDecay(0.1, { rate: 0.5, every: 4 }),
  inverseTime(0.1, { rate: 0.5, every: 4 }),
  stepDecay(0.1, { every: 3 }),
  stepDecay(0.1, { every: 5, factor: 0.5 }),
  cosine(0.1, { steps: 19 }),
  cosine(0.1, { steps: 19, minimum: 0.01 }),
  cosine(0.1, { steps: 6, restart: true }),
  warmup(0.1, 5),
  oneCycle(0.1, { steps: 20 }),
  oneCycle(0.1, { steps: 20, shape: "linear" }),
  oneCycle(0.1, { steps: 20, rise: 0.45, startDivisor: 10, endDivisor: 100 }),
];

describe.each(schedules.map((schedule) => [schedule.name, schedule] as const))("%s", (name, schedule) => {
  test(`${name} has the rates of the reference`, () => {
    const expected = fixtures.schedules[name]!;
    expect(expected.map((_, t) => schedule(t))).toEqual(expected.map((rate) => expect.closeTo(rate, 14)));
  });

  test(`${name} is a pure function of the step, and stays a rate for ever`, () => {
    const forwards = Array.from({ length: 20 }, (_, t) => schedule(t));
    const backwards = Array.from({ length: 20 }, (_, t) => schedule(19 - t)).reverse();
    expect(backwards).toEqual(forwards);
    for (const t of [100, 1e4, 1e9]) expect(schedule(t)).toBeGreaterThanOrEqual(0);
  });

  test(`${name} is counted in steps of the optimizer, each run from 0`, () => {
    const rule = sgd(schedule);
    expect(steps(rule, rule.init(w), 5)).toEqual([0, 1, 2, 3, 4].map(schedule));
    expect(steps(rule, rule.init(w), 2)).toEqual([0, 1].map(schedule));
  });
});

test("every schedule of the fixtures is tested", () => {
  expect(schedules.map(({ name }) => name).sort()).toEqual(Object.keys(fixtures.schedules).sort());
});

test("cosine() and oneCycle() stay at their end", () => {
  expect(cosine(0.1, { steps: 10, minimum: 0.01 })(50)).toBeCloseTo(0.01, 15);
  expect(oneCycle(0.1, { steps: 10 })(50)).toBeCloseTo(0.1 / 25 / 1e4, 15);
});

test("oneCycle() without a rise starts near the top, and with nothing but a rise ends there", () => {
  expect(oneCycle(0.1, { steps: 10, rise: 0.1 })(0)).toBeCloseTo(0.1, 15);
  expect(oneCycle(0.1, { steps: 10, rise: 1 })(9)).toBeCloseTo(0.1, 15);
});

test("warmup() scales a schedule, which counts from the first step", () => {
  const decay = exponentialDecay(0.1, { rate: 0.5 });
  const schedule = warmup(decay, 4);
  expect(schedule.name).toBe("warmup(exponentialDecay(0.1, { rate: 0.5 }), 4)");
  expect([0, 1, 2, 3, 4, 5].map(schedule)).toEqual(
    [0.25, 0.5, 0.75, 1, 1, 1].map((part, t) => part * decay(t)),
  );
});

const misbuilt: [build: () => unknown, message: string][] = [
  [() => exponentialDecay(-1, { rate: 0.5 }), "expects a number of at least 0 as learning rate, got -1"],
  [() => exponentialDecay(0.1, { rate: -1 }), "expects a number of at least 0 as rate, got -1"],
  [() => exponentialDecay(0.1, { rate: 1, every: 0 }), "expects a number above 0 as every, got 0"],
  [() => inverseTime(0.1, { rate: Number.NaN }), "expects a number of at least 0 as rate, got NaN"],
  [() => stepDecay(0.1, { every: 0.5 }), "expects a whole number of at least 1 as every, got 0.5"],
  [
    () => cosine(0.1, { steps: 0 }),
    "cosine(0.1, { steps: 0 }) expects a whole number of at least 1 as steps, got 0",
  ],
  [() => warmup(0.1, 0), "warmup(0.1, 0) expects a whole number of at least 1 as steps, got 0"],
  [() => oneCycle(0.1, { steps: 1 }), "expects a whole number of at least 2 as steps, got 1"],
  [() => oneCycle(0.1, { steps: 9, rise: 2 }), "expects a number from 0 to 1 as rise, got 2"],
  [
    () => oneCycle(0.1, { steps: 9, shape: "round" as never }),
    'expects "cosine" or "linear" as shape, got round',
  ],
  [() => reduceOnPlateau(0.1, { factor: 2 }), "expects a number from 0 to 1 as factor, got 2"],
  [() => reduceOnPlateau(0.1, { patience: -1 }), "expects a whole number of at least 0 as patience, got -1"],
  [() => reduceOnPlateau(0.1, { mode: "?" as never }), 'expects "relative" or "absolute" as mode, got ?'],
];

test.each(misbuilt.map(([build, message]) => [message, build] as const))(
  "a schedule %s",
  (message, build) => {
    expect(build).toThrow(message);
  },
);

test.each(fixtures.plateau.cases)(
  "reduceOnPlateau() reduces as PyTorch does, with $options",
  ({ options, rates }) => {
    const fold = reduceOnPlateau(0.1, options);
    for (const _ of [1, 2]) {
      let state = fold.init();
      const own = fixtures.plateau.losses.map((loss) => {
        state = fold.step(state, loss);
        return fold.read(state);
      });
      expect(own).toEqual(rates.map((rate) => expect.closeTo(rate, 15)));
    }
  },
);

test("reduceOnPlateau() is a rate, which watches the losses of its own run", () => {
  const rule = sgd(reduceOnPlateau(1, { factor: 0.5, patience: 1 }));
  expect(rule.source).toBe("sgd(reduceOnPlateau(1, { factor: 0.5, patience: 1 }))");
  const state = rule.init(w);
  const rates = [5, 5, 5, 5, 4].map((loss) => {
    rule.observe!(state, loss);
    return steps(rule, state, 1)[0];
  });
  expect(rates).toEqual([1, 1, 0.5, 0.5, 0.5]);
  expect(steps(rule, rule.init(w), 1)).toEqual([1]);
});

test("reduceOnPlateau() survives JSON in the middle of a run", () => {
  const fold = reduceOnPlateau(1, { factor: 0.5, patience: 1 });
  const saved = JSON.parse(JSON.stringify(fold.init()));
  expect(fold.read(fold.step(fold.step(fold.step(saved, 3), 3), 3))).toBe(0.5);
});

test.each(Object.entries(rated))(
  "%s() takes the latest rate of an Observable for its next step",
  (_, make) => {
    const rate$ = new BehaviorSubject(0.5);
    const [followed, constant] = [make(rate$), make((t) => [0.5, 0.25, 0.25][t]!)];
    const [state, other] = [followed.init(w), constant.init(w)];
    const following = followed.follow!(state);
    const first = steps(followed, state, 1);
    rate$.next(7);
    rate$.next(0.25);
    expect([...first, ...steps(followed, state, 2)]).toEqual(steps(constant, other, 3));
    following.unsubscribe();
    expect(rate$.observed).toBe(false);
  },
);

test("sgd() with an Observable keeps the last rate after it has completed", () => {
  const rule = sgd(of(0.1, 0.2));
  const state = rule.init(w);
  rule.follow!(state);
  expect(steps(rule, state, 2)).toEqual([0.2, 0.2]);
});

test("sgd() refuses to step before its Observable has emitted, and with a rate that is none", () => {
  const rate$ = new Subject<number>();
  const rule = sgd(rate$);
  const state = rule.init(w);
  rule.follow!(state);
  expect(() => steps(rule, state, 1)).toThrow(
    "sgd(rate$) expects an Observable that has emitted a learning rate before the first step, got none",
  );
  rate$.next(-1);
  expect(() => steps(rule, state, 1)).toThrow(
    "sgd(rate$) expects a number of at least 0 as learning rate, got -1",
  );
  rate$.next(1);
  expect(steps(rule, state, 1)).toEqual([1]);
});

test("sgd() passes on the error of its Observable at the next step", () => {
  const error = new Error("no more rates");
  const rule = sgd(
    concat(
      of(0.1),
      throwError(() => error),
    ),
  );
  const state = rule.init(w);
  rule.follow!(state);
  expect(() => steps(rule, state, 1)).toThrow(error);
});

test("sgd() follows its Observable anew in every run", () => {
  const rule = sgd(concat(of(0.1), NEVER));
  const [a, b] = [rule.init(w), rule.init(w)];
  rule.follow!(a);
  expect(() => steps(rule, b, 1)).toThrow("before the first step");
  rule.follow!(b);
  expect(steps(rule, b, 1)).toEqual([0.1]);
});

test("accumulate() counts its updates, not its batches, in the schedule", () => {
  const schedule = stepDecay(1, { every: 1, factor: 0.5 });
  const rule = accumulate(2, sgd(schedule));
  expect(steps(rule, rule.init(w), 6)).toEqual([0, 1, 0, 0.5, 0, 0.25]);
});

test("inOrder() and freeze() keep the schedule of their parts", () => {
  const schedule = stepDecay(1, { every: 1, factor: 0.5 });
  for (const rule of [inOrder(sgd(1), sgd(schedule)), freeze(sgd(schedule), [])])
    expect(steps(rule, rule.init(w), 3)).toEqual([1, 0.5, 0.25]);
});
