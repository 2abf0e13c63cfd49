import {
  type Batch,
  binaryCrossentropy,
  categoricalCrossentropy,
  chain,
  dense,
  type Hedge,
  headWeights,
  hedge,
  hedged,
  heUniform,
  huber,
  type Loss,
  learner,
  logLoss,
  type Matrix,
  type Model,
  matrix,
  meanSquaredError,
  model,
  type Plan,
  prequential,
  random,
  sea,
  sgd,
  train,
  trainer,
  zeros,
} from "rxgrad";
import { from } from "rxjs";
import { describe, expect, it } from "vitest";
import { hedgeWeights } from "../../src/layers/hedgeWeights.ts";
import told from "../fixtures/hedge.json" with { type: "json" };
import { differences, relativeError } from "../laws/layer.ts";
import { stateOf } from "../support/modelState.ts";

const batchOf = (
  seed: number,
  rows: number,
  inputs: number,
  y: (r: ReturnType<typeof random>) => number[],
) => {
  const r = random(seed);
  return {
    x: matrix(Array.from({ length: rows }, () => Array.from({ length: inputs }, () => r.normal()))),
    y: matrix(Array.from({ length: rows }, () => y(r))),
  };
};
const alphaOf = (m: Model) => m.weights.buffers.data;

/** Σ αₗ·L(fₗ), from nets of one head each, which have the weights of that head's branch. */
const cases: readonly [string, Hedge, Loss, number[]][] = [
  ["of values", hedge(3, 2, { hidden: [4, 3, 2], activation: "tanh" }), meanSquaredError(), [0.3, -1]],
  [
    "of yes or no, with a head on the input",
    hedge(3, 1, { hidden: { depth: 3, width: 4 }, activation: "tanh", output: "sigmoid", inputHead: true }),
    binaryCrossentropy(),
    [1],
  ],
  [
    "of classes by index",
    hedge(3, 3, { hidden: [4, 2], activation: "silu", output: "softmax" }),
    categoricalCrossentropy(),
    [2],
  ],
  ["of one hidden layer", hedge(3, 1, { hidden: [3], activation: "tanh" }), huber(), [0.5]],
];

/** What each head answers, one after another: the mixture with all of α on it. */
const headsOf = (m: Model, heads: number, x: Matrix): readonly Matrix[] => {
  const before = alphaOf(m).slice();
  const answers = Array.from({ length: heads }, (_, l) => {
    alphaOf(m).fill(0);
    alphaOf(m)[l] = 1;
    return m.predict(x);
  });
  alphaOf(m).set(before);
  return answers;
};

describe.each(cases)("hedge() %s", (_, plan, loss, target) => {
  const started = () => {
    const m = model(plan, { seed: 3, precision: "float64" });
    const r = random(8);
    for (const { value } of m.parameters)
      for (let i = 0; i < value.data.length; i++) value.data[i] = r.normal();
    const raw = Array.from({ length: plan.heads }, () => 0.1 + r.uniform());
    alphaOf(m).set(raw.map((a) => a / raw.reduce((sum, b) => sum + b)));
    return m;
  };
  const batch: Batch = { ...batchOf(5, 4, 3, () => target), weight: matrix([[1], [2], [0], [0.5]]) };

  it("moves every head by αₗ·∇L(fₗ), and every hidden layer by their sum, as finite differences say", () => {
    const m = started();
    const alpha = [...alphaOf(m)];
    const total = () =>
      headsOf(m, plan.heads, batch.x).reduce(
        (sum, f, l) => sum + alpha[l]! * loss(f, batch.y, batch.weight).value,
        0,
      );
    const want = m.parameters.map(({ value }) => differences(value, total));
    const value = total();
    const learned = trainer(m, { loss: hedged(loss, plan), optimizer: sgd(0) }).learn(batch);
    expect(learned.loss).toBeCloseTo(value, 12);
    m.parameters.forEach(({ name, grad }, i) => {
      expect(relativeError(grad.data, want[i]!), name).toBeLessThan(1e-6);
    });
  });

  it("moves α by each head's loss, after the batch", () => {
    const m = started();
    const want = alphaOf(m).slice();
    hedgeWeights(
      want,
      headsOf(m, plan.heads, batch.x).map((f) => loss(f, batch.y, batch.weight).value),
      { beta: 0.99, smoothing: 0.2, scaled: false },
    );
    learner(m, { loss: hedged(loss, plan), optimizer: sgd(0.1) }).learnBatch(batch);
    expect(relativeError(alphaOf(m), want)).toBeLessThan(1e-12);
    expect(headWeights(m)).toEqual([...alphaOf(m)]);
  });

  it("answers the mixture, of its own outputs, and no prediction moves anything", () => {
    const m = started();
    const before = stateOf(m);
    const alpha = headWeights(m);
    const answer = m.predict(batch.x);
    const heads = headsOf(m, plan.heads, batch.x);
    const F = Float64Array.from(answer.data, (_, i) =>
      heads.reduce((sum, f, l) => sum + alpha[l]! * f.data[i]!, 0),
    );
    expect([answer.rows, answer.cols, m.outputs]).toEqual([4, plan.outputs, plan.outputs]);
    expect(relativeError(answer.data, F)).toBeLessThan(1e-12);
    for (let i = 0; i < 10; i++) m.predict(batch.x);
    expect(stateOf(m)).toEqual(before);
  });

  it("steps of train and prequential carry the mixture, and validation scores it", () => {
    const run = (operator: "train" | "prequential") => {
      const m = started();
      const first = m.predict(batch.x);
      const options = { loss: hedged(loss, plan), optimizer: sgd(0.1) };
      const steps: { prediction: Matrix; validationLoss?: number }[] = [];
      const operate =
        operator === "train"
          ? train(m, { ...options, predictions: true, validation: batch })
          : prequential(m, options);
      from([batch])
        .pipe(operate)
        .subscribe((step) => steps.push(step));
      expect(relativeError(steps[0]!.prediction.data, first.data)).toBeLessThan(1e-12);
      return {
        validation: steps[0]!.validationLoss,
        after: loss(m.predict(batch.x), batch.y, batch.weight).value,
      };
    };
    const { validation, after } = run("train");
    expect(validation).toBeCloseTo(after, 12);
    run("prequential");
  });
});

it.each(["float64", "float32"] as const)(
  "hedge() takes the same 30 steps as PyTorch, itself in %s",
  (precision) => {
    const { options, start, batches, losses, alphas, answers, end } = told;
    const { beta, smoothing, hidden, rate } = options;
    const plan = hedge(3, 2, { hidden, activation: "tanh", output: "softmax", beta, smoothing });
    const m = model(plan, { precision });
    const tolerance = precision === "float64" ? 1e-11 : 2e-4;
    m.parameters.forEach(({ value }, i) => {
      value.data.set(start[i]!.flat());
    });
    const own = learner(m, { loss: hedged(categoricalCrossentropy(), plan), optimizer: sgd(rate) });
    batches.forEach(({ x, y }, t) => {
      expect(relativeError(own.predict(matrix(x)).data, answers[t]!.flat())).toBeLessThan(tolerance);
      const { loss } = own.learnBatch({ x: matrix(x), y: matrix(y) });
      expect(Math.abs(loss - losses[t]!)).toBeLessThan(tolerance);
      expect(relativeError(headWeights(m), alphas[t]!)).toBeLessThan(tolerance);
    });
    m.parameters.forEach(({ name, value }, i) => {
      expect(relativeError(value.data, end[i]!.flat()), name).toBeLessThan(tolerance);
    });
  },
);

it("hedge() leaves α as it was when a batch is refused on the way", () => {
  const plan = hedge(1, 1, { hidden: [2, 2] });
  const m = model(plan, { seed: 1 });
  const own = learner(m, { loss: hedged(meanSquaredError(), plan), optimizer: sgd(0.1) });
  own.learnOne([1], 2);
  const before = stateOf(m);
  expect(() => own.learnOne([1], 3e38)).toThrow(/finite/);
  expect(stateOf(m)).toEqual(before);
});

it("hedge() with { scaled } tells heads apart whose losses are far above 1, as without it does not", () => {
  const alpha = (scaled: boolean) => {
    const weights = [0.25, 0.25, 0.25, 0.25];
    for (let t = 0; t < 200; t++)
      hedgeWeights(weights, [5000, 5001, 5002, 5003], { beta: 0.99, smoothing: 0.2, scaled });
    return weights;
  };
  expect(alpha(true)[0]).toBeGreaterThan(0.5);
  expect(alpha(false)).toEqual([0.25, 0.25, 0.25, 0.25]);
});

/**
 * With Zₜ = Σ max(αₗ·β^Lₗ, s/L): 1 ≥ α(T+1, l) ≥ β^ΣL(l) / (L·ΠZ), and ln Zₜ ≤ −(1 − β)·⟨α, L⟩ + s·(1 − β)/(1 − s·β), as the
 * floor lifts each weight by a factor of at most Z/β. The sum over t is the bound.
 */
const bound = (best: number, T: number, heads: number, beta: number, s: number): number =>
  (Math.log(1 / beta) * best + Math.log(heads)) / (1 - beta) + (s * T) / (1 - s * beta);

it.each([
  [2, 0.99, 0.2],
  [16, 0.99, 0.2],
  [5, 0.9, 0.01],
  [8, 0.7, 1e-9],
])(
  "hedgeWeights() of %i heads, β = %d, s = %d, keeps its bound on any losses from 0 to 1",
  (heads, beta, smoothing) => {
    for (let seed = 1; seed <= 20; seed++) {
      const r = random(seed);
      const alpha = Array.from({ length: heads }, () => 1 / heads);
      const sums = new Float64Array(heads);
      let mixed = 0;
      for (let t = 1; t <= 2000; t++) {
        const hard = seed % 3 === 0; // the heaviest head loses: the worst that the world can do
        const top = alpha.indexOf(Math.max(...alpha));
        const losses = alpha.map((_, l) =>
          hard ? Number(l === top) : r.uniform() ** (1 + ((l + seed) % heads)),
        );
        mixed += losses.reduce((sum, loss, l) => sum + alpha[l]! * loss, 0);
        losses.forEach((loss, l) => {
          sums[l]! += loss;
        });
        hedgeWeights(alpha, losses, { beta, smoothing, scaled: false });
        expect(mixed).toBeLessThan(bound(Math.min(...sums), t, heads, beta, smoothing) + 1e-9);
      }
    }
  },
);

describe("hedge() of 2 to 16 layers, on SEA at one rate,", () => {
  const samples = [...sea(0, { count: 3000, seed: 4 })].map(({ x, y }) => ({
    x: x.map((v) => v / 5 - 1),
    y,
  }));
  const loss = binaryCrossentropy();
  const depths = [2, 4, 8, 16];
  const runs = depths.map((depth) => {
    const plan = hedge(3, 1, { hidden: { depth, width: 16 }, output: "sigmoid" });
    const m = model(plan, { seed: 2 });
    const own = learner(m, { loss: hedged(loss, plan), optimizer: sgd(0.05) });
    const sums = new Float64Array(depth);
    const mixed = samples.map(({ x, y }) => {
      const [input, target] = [matrix([x]), matrix([[y]])];
      const before = loss(m.predict(input), target).value;
      headsOf(m, depth, input).forEach((f, l) => {
        sums[l]! += loss(f, target).value;
      });
      own.learnOne(x, y);
      return before;
    });
    const sum = (some: readonly number[]) => some.reduce((a, b) => a + b);
    return { all: sum(mixed), late: sum(mixed.slice(1500)), best: Math.min(...sums) };
  });
  const plain = depths.map((depth) => {
    const hidden = Array.from({ length: depth }, (_, l) =>
      dense(l === 0 ? 3 : 16, 16, { activation: "relu", init: heUniform() }),
    );
    const plan = hidden.reduce((below: Plan, one) => chain(below, one), chain());
    const m = model(chain(plan, dense(16, 1, { activation: "sigmoid" })), { seed: 2 });
    const own = learner(m, { loss, optimizer: sgd(0.05) });
    return samples.reduce((sum, { x, y }) => sum + own.learnOne(x, y).loss, 0);
  });
  const spread = (all: readonly number[]) => Math.max(...all) / Math.min(...all);

  it("ends within 15 % of the best of its own heads", () => {
    for (const { all, best } of runs) expect(all).toBeLessThan(1.15 * best);
  });

  it("depends little on depth, where plain nets depend on it much", () => {
    expect(spread(runs.map(({ all }) => all))).toBeLessThan(1.7);
    expect(spread(runs.map(({ late }) => late))).toBeLessThan(1.3);
    expect(spread(plain)).toBeGreaterThan(5);
  });
});

it("hedge() and hedged() refuse what they cannot make anything of", () => {
  expect(() => hedge(3, 1, { hidden: [] })).toThrow("hedge(3, 1) expects at least 1 hidden layer, got none");
  expect(() => hedge(3, 1, { hidden: [4, 0] })).toThrow("a whole number of at least 1 as hidden[1], got 0");
  expect(() => hedge(3, 1, { hidden: { depth: 0, width: 2 } })).toThrow("hidden.depth, got 0");
  expect(() => hedge(3, 1, { hidden: [4], beta: 0 })).toThrow(/as beta, got 0/);
  expect(() => hedge(3, 1, { hidden: [4], smoothing: 2 })).toThrow(/as smoothing, got 2/);
  expect(() => hedge(3, 1, { hidden: [4], output: "relu" as "linear" })).toThrow(/as output, got relu/);
  expect(() => hedge(3, 1, { hidden: [4], hiden: 3 } as never)).toThrow(/options named hidden/);
  expect(() => hedged(meanSquaredError(), { heads: 0, outputs: 1 })).toThrow(/as heads, got 0/);
  expect(() => headWeights(model(chain(dense(1, 1))))).toThrow("headWeights() expects a model of hedge(…)");
  expect(() => hedged(meanSquaredError(), { heads: 2, outputs: 1 })(zeros(1, 3), zeros(1, 1))).toThrow(
    "predictions of 4 columns in training, or of 1, got 3",
  );
  const plan = hedge(3, 1, { hidden: [4, 4] });
  const own = learner(model(plan), { loss: hedged(meanSquaredError(), plan), optimizer: sgd(0.1) });
  expect(() => own.learnBatch({ x: zeros(1, 3), y: zeros(1, 2) })).toThrow("targets of 1 columns, got 1 × 2");
  const unhedged = learner(model(plan), { loss: meanSquaredError(), optimizer: sgd(0.1) });
  expect(() => unhedged.learnOne([1, 2, 3], 1)).toThrow(
    "meanSquaredError() expects predictions of 1 columns (hedged(…) takes those of hedgedHeads(2, 1)), got 1 × 4",
  );
});

it("hedge() goes with metrics", () => {
  const plan = hedge(3, 1, { hidden: [4, 4], output: "sigmoid" });
  const samples = [...sea(0, { count: 50 })].map(({ x, y }) => ({ x: matrix([x]), y: matrix([[y]]) }));
  const steps: number[] = [];
  from(samples)
    .pipe(
      prequential(model(plan), {
        loss: hedged(binaryCrossentropy(), plan),
        optimizer: sgd(0.01),
        metrics: { logLoss: logLoss() },
      }),
    )
    .subscribe(({ metrics }) => steps.push(metrics.logLoss));
  expect(steps).toHaveLength(50);
  expect(steps.every(Number.isFinite)).toBe(true);
});
