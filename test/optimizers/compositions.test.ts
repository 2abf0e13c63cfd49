import fc from "fast-check";
import { expect, test } from "vitest";
import { norm, type Segment, type Vector, vector } from "../../src/math/vector.ts";
import { accumulate } from "../../src/optimizers/accumulate.ts";
import { adam } from "../../src/optimizers/adam.ts";
import { clipByGlobalNorm } from "../../src/optimizers/clipByGlobalNorm.ts";
import { clipByValue } from "../../src/optimizers/clipByValue.ts";
import { freeze } from "../../src/optimizers/freeze.ts";
import { ftrl } from "../../src/optimizers/ftrl.ts";
import { inOrder } from "../../src/optimizers/inOrder.ts";
import { l1 } from "../../src/optimizers/l1.ts";
import type { Rule } from "../../src/optimizers/rule.ts";
import { sgd } from "../../src/optimizers/sgd.ts";
import { weightDecay } from "../../src/optimizers/weightDecay.ts";

const numbersOf = (v: Vector): number[] => Array.from(v.data);
const gradients = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 8 });

const descend = (rule: Rule, gradient: Vector, state: unknown, w: Vector): void => {
  const step = rule.update(gradient, state, w);
  for (let i = 0; i < w.data.length; i++) w.data[i]! -= step.data[i]!;
};

/** A rule that writes down what it is told. */
const spy = () => {
  const told: string[] = [];
  const rule: Rule<object> = {
    source: "spy()",
    init: () => ({}),
    update: (gradient) => gradient,
    observe: (_, loss) => told.push(`observes ${loss}`),
    follow: () => {
      told.push("follows");
      return { unsubscribe: () => told.push("stops") };
    },
  };
  return { rule, told };
};

test("clipByGlobalNorm() leaves a gradient of exactly that norm, and a shorter one, as it is", () => {
  const rule = clipByGlobalNorm(5);
  for (const g of [vector([3, 4]), vector([0.1, 0])]) expect(rule.update(g, rule.init(g), g)).toBe(g);
});

test("clipByGlobalNorm() makes a longer gradient exactly that long, in the same direction", () => {
  const rule = clipByGlobalNorm(1);
  fc.assert(
    fc.property(gradients, (values) => {
      const g = vector(values);
      fc.pre(norm(g) > 1);
      const clipped = rule.update(g, rule.init(g), g);
      expect(norm(clipped)).toBeCloseTo(1, 12);
      values.forEach((v, i) => {
        expect(clipped.data[i]! * norm(g)).toBeCloseTo(v, 9);
      });
    }),
  );
  const g = vector([30, 40]);
  expect(numbersOf(rule.update(g, rule.init(g), g))).toEqual([0.6, 0.8]);
});

test("clipByValue() keeps every gradient between −c and c", () => {
  const rule = clipByValue(0.5);
  const g = vector([-3, -0.5, 0.2, 0.7]);
  expect(numbersOf(rule.update(g, rule.init(g), g))).toEqual([-0.5, -0.5, 0.2, 0.5]);
});

test("weightDecay() and l1() add the gradients of their penalties", () => {
  const [g, w] = [vector([1, 1, 1]), vector([2, -2, 0])];
  const [decay, lasso] = [weightDecay(0.5), l1(0.5)];
  expect(numbersOf(decay.update(g, decay.init(w), w))).toEqual([2, 0, 1]);
  expect(numbersOf(lasso.update(g, lasso.init(w), w))).toEqual([1.5, 0.5, 1]);
});

test("inOrder() of one rule is that rule, and of rules in rules the flat row of them", () => {
  const run = (rule: Rule) => {
    const w = vector([1, -2, 3]);
    const state = rule.init(w);
    for (let t = 1; t < 6; t++) descend(rule, vector([t, -1, 1 / t]), state, w);
    return numbersOf(w);
  };
  expect(run(inOrder(adam(0.1)))).toEqual(run(adam(0.1)));
  expect(run(inOrder(clipByGlobalNorm(1), inOrder(l1(0.1), sgd(0.1))))).toEqual(
    run(inOrder(clipByGlobalNorm(1), l1(0.1), sgd(0.1))),
  );
});

test("inOrder(), accumulate() and freeze() pass on the loss and what to follow", () => {
  for (const wrap of [
    (rule: Rule) => inOrder(sgd(0.1), rule),
    (rule: Rule) => accumulate(2, rule),
    (rule: Rule) => freeze(rule, ["w"]),
  ]) {
    const { rule, told } = spy();
    const wrapped = wrap(rule);
    const state = wrapped.init(vector([1]));
    const following = wrapped.follow!(state);
    wrapped.observe!(state, 7);
    following.unsubscribe();
    expect(told).toEqual(["follows", "observes 7", "stops"]);
  }
});

test("inOrder() refuses to be empty", () => {
  expect(() => inOrder()).toThrow("inOrder() expects at least 1 rule, got none");
});

test("accumulate() makes one step in k batches, of the mean gradient, and leaves the weights bit-identical between", () => {
  const w = vector([1, -0, 3]);
  const rule = accumulate(3, sgd(0.1));
  const state = rule.init(w);
  const seen: number[][] = [];
  for (const g of [
    [3, 0, 1],
    [0, 0, 1],
    [0, 0, 4],
    [9, 9, 9],
  ]) {
    descend(rule, vector(g), state, w);
    seen.push(numbersOf(w));
  }
  expect(seen[0]).toEqual([1, -0, 3]);
  expect(seen[1]).toEqual([1, -0, 3]);
  expect(seen[2]).toEqual([0.9, -0, 2.8]);
  expect(seen[3]).toEqual(seen[2]);
});

test("accumulate() starts each mean anew", () => {
  const rule = accumulate(2, sgd(1));
  const w = vector([0]);
  const state = rule.init(w);
  for (const g of [1, 3, 10, 20]) descend(rule, vector([g]), state, w);
  expect(numbersOf(w)).toEqual([-17]);
});

test("accumulate() gives a lazy rule all the rows that the k batches touched", () => {
  const touching = (row: number): Segment[] => [
    { name: "e.W", offset: 0, rows: 3, cols: 1, touched: { rows: Int32Array.of(row, 0, 0), count: 1 } },
  ];
  const w = vector([1, 1, 1], { segments: touching(0) });
  const rule = accumulate(2, sgd(1, { lazy: true, weightDecay: 0.5 }));
  const state = rule.init(w);
  descend(rule, vector([2, 0, 0], { segments: touching(0) }), state, w);
  descend(rule, vector([0, 0, 2], { segments: touching(2) }), state, w);
  expect(numbersOf(w)).toEqual([-0.5, 1, -0.5]);
});

test("accumulate() refuses a k that is not whole", () => {
  expect(() => accumulate(1.5, sgd(0.1))).toThrow(
    "accumulate(1.5, sgd(0.1)) expects a whole number of at least 1 as k, got 1.5",
  );
});

const segments: Segment[] = [
  { name: "dense0.W", offset: 0, rows: 1, cols: 2 },
  { name: "dense0.b", offset: 2, rows: 1, cols: 1 },
  { name: "dense01.W", offset: 3, rows: 1, cols: 1 },
];
const start = [1, -0, 0.1, 2];
const frozenRun = (rule: Rule) => {
  const w = vector(start, { segments });
  const state = rule.init(w);
  for (let t = 1; t < 5; t++) descend(rule, vector([t, -1, 2, 1], { segments }), state, w);
  return numbersOf(w);
};

test("freeze() keeps the weights of a layer or a parameter bit-identical, under decay and momentum too", () => {
  for (const inner of [
    sgd(0.1, { momentum: 0.9, weightDecay: 0.1 }),
    adam(0.1, { weightDecay: 1 }),
    ftrl(),
    inOrder(sgd(0.1), weightDecay(0.1)),
  ]) {
    const [layer, parameter] = [frozenRun(freeze(inner, ["dense0"])), frozenRun(freeze(inner, ["dense0.W"]))];
    expect(layer.slice(0, 3)).toEqual(start.slice(0, 3));
    expect(parameter.slice(0, 2)).toEqual(start.slice(0, 2));
    const free = frozenRun(inner);
    expect(layer[3]).toBe(free[3]);
    expect(parameter.slice(2)).toEqual(free.slice(2));
    expect(free[0]).not.toBe(start[0]);
  }
});

test("freeze() does not count the frozen in a global norm", () => {
  const rule = freeze(inOrder(clipByGlobalNorm(1), sgd(1)), ["dense0"]);
  const w = vector(start, { segments });
  descend(rule, vector([1000, 1000, 1000, 0.5], { segments }), rule.init(w), w);
  expect(w.data[3]).toBe(1.5);
});

test("freeze() refuses a name that nothing has, listing what there is", () => {
  const rule = freeze(sgd(0.1), ["dense0", "dense"]);
  expect(() => rule.init(vector(start, { segments }))).toThrow(
    'freeze(sgd(0.1), ["dense0", "dense"]) expects names of parameters or layers (dense0.W, dense0.b, dense01.W), got "dense"',
  );
});

test("ftrl() makes weights of little use exactly 0, in float32 too", () => {
  for (const precision of ["float32", "float64"] as const) {
    const w = vector([0.3, 0.7, -0.2], { precision });
    const rule = ftrl({ alpha: 0.1, l1: 5 });
    const state = rule.init(w);
    for (let t = 0; t < 20; t++) descend(rule, vector([0.1 * (-1) ** t, -2, 0], { precision }), state, w);
    expect(w.data[0]).toBe(0);
    expect(w.data[1]).toBeGreaterThan(0.1);
    expect(w.data[2]).toBe(0);
  }
});
