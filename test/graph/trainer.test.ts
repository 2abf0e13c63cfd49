import {
  accumulate,
  adagrad,
  adam,
  adamw,
  type Batch,
  chain,
  clipByGlobalNorm,
  dense,
  embedding,
  exponentialDecay,
  freeze,
  huber,
  inOrder,
  learner,
  type Model,
  matrix,
  meanSquaredError,
  model,
  named,
  type Rule,
  reduceOnPlateau,
  rmsprop,
  sgd,
  train,
  trainer,
} from "rxgrad";
import { from } from "rxjs";
import { describe, expect, it } from "vitest";
import { bytesOf, stateOf } from "../support/modelState.ts";

const batchOf = (seed: number, rows = 4): Batch => ({
  x: matrix(Array.from({ length: rows }, (_, i) => [Math.sin(i + seed), Math.cos(3 * i * seed)])),
  y: matrix(Array.from({ length: rows }, (_, i) => [Math.sin(2 * i + seed)])),
});
const batches = Array.from({ length: 12 }, (_, seed) => batchOf(seed));
const together = (a: Batch, b: Batch): Batch => ({
  x: { rows: a.x.rows + b.x.rows, cols: a.x.cols, data: Float64Array.from([...a.x.data, ...b.x.data]) },
  y: { rows: a.y.rows + b.y.rows, cols: a.y.cols, data: Float64Array.from([...a.y.data, ...b.y.data]) },
});
const plan = chain(named("first", dense(2, 3, { activation: "tanh" })), named("last", dense(3, 1)));
const loss = meanSquaredError();

/** The losses of a training, step by step. */
const trained = (m: Model, optimizer: Rule, given: readonly Batch[] = batches): number[] => {
  const losses: number[] = [];
  from(given)
    .pipe(train(m, { loss, optimizer }))
    .subscribe((step) => losses.push(step.loss));
  expect(losses).toHaveLength(given.length);
  return losses;
};

describe.each(["float64", "float32"] as const)("a model in %s", (precision) => {
  const fresh = (): Model => model(plan, { seed: 1, precision });
  const bytes = (m: Model, prefix: string): string[] =>
    m.parameters.filter(({ name }) => name.startsWith(prefix)).map(({ value }) => bytesOf(value.data));

  it.each([
    [adamw(0.1, { weightDecay: 0.1 })],
    [inOrder(clipByGlobalNorm(0.1), sgd(0.1, { momentum: 0.9 }))],
  ])("learns with freeze(): the named layer stays bit-identical, the others learn", (rule) => {
    const m = fresh();
    const [first, last] = [bytes(m, "first"), bytes(m, "last")];
    trained(m, freeze(rule, ["first"]));
    expect(bytes(m, "first")).toEqual(first);
    bytes(m, "last").forEach((now, i) => {
      expect(now).not.toBe(last[i]);
    });
  });

  it("learns with accumulate(2): nothing moves at every other batch, and two are as one of both", () => {
    const [m, whole] = [fresh(), fresh()];
    const engine = learner(m, { loss, optimizer: accumulate(2, adam(0.05)) });
    const other = learner(whole, { loss, optimizer: adam(0.05) });
    for (let i = 0; i < batches.length; i += 2) {
      const before = stateOf(m);
      engine.learnBatch(batches[i]!);
      expect(stateOf(m)).toBe(before);
      engine.learnBatch(batches[i + 1]!);
      expect(stateOf(m)).not.toBe(before);
      other.learnBatch(together(batches[i]!, batches[i + 1]!));
      m.weights.values.data.forEach((w, j) => {
        expect(Math.abs(w - whole.weights.values.data[j]!)).toBeLessThan(
          precision === "float64" ? 1e-12 : 1e-4,
        );
      });
    }
  });

  it("learns with reduceOnPlateau(): the rate of a step is that of the losses up to it", () => {
    const options = { factor: 0.5, patience: 1 };
    const [m, byHand] = [fresh(), fresh()];
    const losses = trained(m, sgd(reduceOnPlateau(0.5, options)));
    const fold = reduceOnPlateau(0.5, options);
    let state = fold.init();
    const rates = losses.map((value) => {
      state = fold.step(state, value);
      return fold.read(state);
    });
    expect(new Set(rates).size).toBeGreaterThan(2);
    expect(
      trained(
        byHand,
        sgd((t) => rates[t]!),
      ),
    ).toEqual(losses);
    expect(stateOf(m)).toBe(stateOf(byHand));
  });

  it("learns with a schedule, counted in batches of this run", () => {
    const [m, byHand] = [fresh(), fresh()];
    trained(m, sgd(exponentialDecay(0.5, { rate: 0.5 })));
    batches.forEach((batch, t) => void trained(byHand, sgd(0.5 * 0.5 ** t), [batch]));
    expect(stateOf(m)).toBe(stateOf(byHand));
  });

  it("learns with { lazy: true }: rows of an embedding that no batch names stay bit-identical, under decay too", () => {
    const m = model(chain(named("codes", embedding(6, 2)), dense(2, 1)), { seed: 1, precision });
    const rows = () => {
      const { data } = m.parameters[0]!.value;
      return [0, 1, 2, 3, 4, 5].map((i) => bytesOf(data.slice(2 * i, 2 * i + 2)));
    };
    const before = rows();
    const given = [1, 4, 1].map((code) => ({ x: matrix([[code]]), y: matrix([[1]]) }));
    trained(m, adamw(0.1, { weightDecay: 0.1, lazy: true }), given);
    expect(rows().map((row, i) => row === before[i])).toEqual([true, false, true, true, false, true]);
  });
});

describe.each([
  ["float32", 1e20],
  ["float64", 1e160],
] as const)("trainer() in %s", (precision, huge) => {
  it.each([adam(0.01), adagrad(0.01), rmsprop(0.01), sgd(0.01, { momentum: 0.9 })])(
    "refuses a gradient whose square is not finite, so that no moment becomes infinite and the weight goes on learning: %s",
    (optimizer) => {
      const m = model(dense(1, 1), { seed: 1, precision });
      const t = trainer(m, { loss: huber(), optimizer });
      const good = { x: matrix([[1]]), y: matrix([[3]]) };
      t.learn(good);
      const before = Array.from(m.weights.values.data);
      expect(() => t.learn({ x: matrix([[huge]]), y: matrix([[3]]) })).toThrow(
        /finite gradients, and finite squares of them/,
      );
      expect(Array.from(m.weights.values.data)).toEqual(before);
      t.learn(good);
      m.weights.values.data.forEach((w, i) => {
        expect(w).not.toBe(before[i]);
      });
      t.close();
    },
  );
});
