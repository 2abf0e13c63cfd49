import {
  accumulate,
  adagrad,
  adam,
  add,
  batchNorm,
  chain,
  columns,
  concatenate,
  dense,
  dropout,
  embedding,
  forget,
  ftrl,
  gradients$,
  gru,
  hedge,
  layerNorm,
  learner,
  type Model,
  matrix,
  meanSquaredError,
  model,
  multiply,
  named,
  type Plan,
  type Precision,
  parallel,
  type Renewal,
  type Rule,
  random,
  relu,
  residual,
  sgd,
  sigmoid,
  sparse,
  tanh,
  train,
  trainer,
  type Vector,
} from "rxgrad";
import { Subject } from "rxjs";
import { describe, expect, it } from "vitest";
import { rules } from "../optimizers/members.ts";

/** The same rule, which shows all vectors that it keeps. */
const shown = (rule: Rule): { readonly rule: Rule; kept(): number[][] } => {
  const vectors: Vector[] = [];
  const init: Rule["init"] = (w) => {
    const own = { zeros: { value: () => vectors[vectors.push(w.zeros()) - 1] } };
    return rule.init(
      Object.create(Object.getPrototypeOf(w), { ...Object.getOwnPropertyDescriptors(w), ...own }) as Vector,
    );
  };
  return { rule: { ...rule, init }, kept: () => vectors.map(({ data }) => Array.from(data)) };
};

const loss = meanSquaredError();
const batchOf = (inputs: number, outputs: number, seed: number, rows = 5) => {
  const r = random(seed, 7);
  const cells = (cols: number) =>
    matrix(Array.from({ length: rows }, () => Array.from({ length: cols }, () => r.uniform() - 0.5)));
  return { x: cells(inputs), y: cells(outputs) };
};
const valuesOf = ({ weights }: Model): number[] => Array.from(weights.values.data);
const named0 = ({ weights }: Model, zeroed: readonly number[]): string[] =>
  zeroed.map((i) => {
    const at = weights.values.segments.find(
      ({ offset, rows, cols }) => i >= offset && i < offset + rows * cols,
    )!;
    return `${at.name}[${Math.floor((i - at.offset) / at.cols)},${(i - at.offset) % at.cols}]`;
  });

/** Trains, forgets, and answers which weights that made zero; all else is to be bit-identical. */
const zeroedBy = (
  m: Model,
  rule: Rule,
  renewal: Renewal,
  inputs: number,
  outputs: number,
): readonly number[] => {
  const { rule: watched, kept } = shown(rule);
  const engine = trainer(m, { loss, optimizer: watched });
  for (let seed = 0; seed < 5; seed++) engine.learn(batchOf(inputs, outputs, seed));
  const before = valuesOf(m);
  const moments = kept();
  forget(m, renewal);
  const zeroed = before.flatMap((v, i) => (Object.is(v, valuesOf(m)[i]) ? [] : [i]));
  const same = (then: number[], now: number[]) =>
    expect(now).toEqual(then.map((v, i) => (zeroed.includes(i) ? 0 : v)));
  same(before, valuesOf(m));
  kept().forEach((vector, i) => void same(moments[i]!, vector));
  engine.learn(batchOf(inputs, outputs, 9));
  engine.close();
  return zeroed;
};

const kinds: readonly Rule[] = [
  adam(0.01),
  sgd(0.1, { momentum: 0.9 }),
  adagrad(0.1),
  ftrl({ alpha: 0.5 }),
  accumulate(3, adam(0.01)),
  rules.cocob!(),
  rules.dog!(),
];

describe.each(["float64", "float32"] as const)("in %s", (precision: Precision) => {
  it.each(kinds.map((rule) => [rule.source, rule] as const))(
    "forget() leaves all other weights and moments of %s bit-identical",
    (_, rule) => {
      const m = model(chain(dense(4, 3, { activation: "tanh" }), dense(3, 2)), { seed: 1, precision });
      const zeroed = zeroedBy(m, rule, { inputs: [1, 3], outputs: [0] }, 4, 2);
      expect(named0(m, zeroed)).toEqual([
        ...[0, 1, 2].map((j) => `dense0.W[1,${j}]`),
        ...[0, 1, 2].map((j) => `dense0.W[3,${j}]`),
        ...[0, 1, 2].map((i) => `dense1.W[${i},0]`),
        "dense1.b[0,0]",
      ]);
    },
  );

  it("forget() leaves the answers to inputs that are 0 in the columns bit-identical, and those to others independent of them", () => {
    const r = random(3, 0);
    const upTo = (n: number): number => Math.floor(r.uniform() * n);
    const oneOf = <T>(...list: readonly (() => T)[]): T => list[upTo(list.length)]!();
    const head = (k: number, width: number): Plan =>
      dense(k, width, {
        activation: oneOf(
          () => tanh(),
          () => relu(),
          () => sigmoid(),
        ),
      });
    const branch = (k: number, width: number): Plan => {
      const from = upTo(k);
      const to = from + 1 + upTo(k - from);
      return oneOf<Plan>(
        () => head(k, width),
        () => chain(columns(from, to), head(to - from, width)),
        () => chain(tanh(), dropout(0.2), head(k, width)),
        () => chain(parallel(concatenate(), relu(), columns(from, to)), head(k + to - from, width)),
        () => chain(parallel(add(), relu(), tanh()), head(k, width)),
        () => chain(parallel(multiply(), head(k, k), chain()), head(k, width)),
      );
    };
    for (let round = 0; round < 60; round++) {
      const k = 1 + upTo(6);
      const first = parallel(
        oneOf(
          () => concatenate(),
          () => add(),
        ),
        head(k, 4),
        branch(k, 4),
        branch(k, 4),
      );
      const width = first.widths([k])[0]!; // the head says how wide the input is
      const m = model(chain(first, residual(dense(width, width)), layerNorm(width), dense(width, 2)), {
        seed: round,
        precision,
      });
      const inputs = Array.from({ length: k }, (_, j) => j).filter(() => r.uniform() < 0.4);
      const { x } = batchOf(k, 2, round, 8);
      const without = matrix(
        Array.from({ length: 8 }, (_, i) =>
          Array.from({ length: k }, (_, j) => (inputs.includes(j) ? 0 : x.data[i * k + j]!)),
        ),
      );
      const engine = trainer(m, { loss, optimizer: adam(0.1) });
      for (let seed = 0; seed < 3; seed++) engine.learn(batchOf(k, 2, seed));
      const before = m.predict(without);
      forget(m, { inputs });
      expect(m.predict(without)).toEqual(before);
      expect(m.predict(x)).toEqual(before);
      engine.close();
    }
  });
});

it("forget() leaves other outputs bit-identical, and answers 0 for those forgotten", () => {
  const wide = chain(
    parallel(add(), dense(3, 4), chain(dense(3, 5, { activation: "relu" }), dense(5, 4))),
    tanh(),
  );
  for (const plan of [
    wide,
    chain(dense(3, 4), dropout(0.1)),
    chain(parallel(concatenate(), dense(3, 1), dense(3, 3))),
  ]) {
    const m = model(plan, { seed: 2 });
    const { x, y } = batchOf(3, 4, 1);
    learner(m, { loss, optimizer: adam(0.1) }).learnBatch({ x, y });
    const before = m.predict(x);
    forget(m, { outputs: [1, 2] });
    const after = m.predict(x);
    expect(Array.from(after.data)).toEqual(
      Array.from(before.data, (v, i) => (i % 4 === 1 || i % 4 === 2 ? 0 : v)),
    );
  }
});

it("forget() forgets an output in every head of hedge()", () => {
  const plan = hedge(3, 2, { hidden: [4, 4], inputHead: true });
  const m = model(plan, { seed: 1 });
  const { x } = batchOf(3, 2, 1);
  const before = m.predict(x);
  forget(m, { outputs: [1] });
  expect(Array.from(m.predict(x).data)).toEqual(Array.from(before.data, (v, i) => (i % 2 === 1 ? 0 : v)));
});

it("forget() forgets a row of an embedding, for all columns that it reads", () => {
  const plan = chain(
    parallel(
      concatenate(),
      chain(columns(0, 2), named("words", embedding(5, 2))),
      chain(columns(2, 4), dense(2, 2)),
    ),
    dense(6, 1),
  );
  const m = model(plan, { seed: 1 });
  const before = valuesOf(m);
  forget(m, { indices: [{ column: 1, index: 3 }] });
  const zeroed = before.flatMap((v, i) => (Object.is(v, valuesOf(m)[i]) ? [] : [i]));
  expect(named0(m, zeroed)).toEqual(["words.W[3,0]", "words.W[3,1]"]);
  expect(() => forget(m, { indices: [{ column: 1, index: 5 }] })).toThrow(/an index below 5/);
  expect(() => forget(m, { indices: [{ column: 2, index: 0 }] })).toThrow(/an embedding, got one for dense/);
  expect(() => forget(m, { inputs: [0] })).toThrow(/indices for embedding\(5, 2\)/);
});

it("forget() reaches sparse layers, whose lazy moments begin anew", () => {
  const m = model(chain(dense(6, 1, { sparse: true })), { seed: 1, precision: "float64" });
  const { rule, kept } = shown(adam(0.1, { lazy: true }));
  const engine = trainer(m, { loss, optimizer: rule });
  engine.learn({
    x: sparse(
      [
        [
          [1, 1],
          [4, 2],
        ],
      ],
      6,
    ),
    y: matrix([[1]]),
  });
  const before = valuesOf(m);
  const moments = kept();
  engine.forget({ inputs: [4] });
  expect(valuesOf(m)).toEqual(before.map((v, i) => (i === 4 ? 0 : v)));
  expect(kept()).toEqual(moments.map((list) => list.map((v, i) => (i === 4 ? 0 : v))));
  engine.close();
});

it("forget() of one trainer is forgotten by all rules at work on the model, and by none that has ended", () => {
  const m = model(chain(dense(2, 1)), { seed: 1 });
  const two = [shown(adam(0.1)), shown(sgd(0.1, { momentum: 0.9 }))];
  const [first, second] = two.map(({ rule }) => learner(m, { loss, optimizer: rule }));
  const batch = batchOf(2, 1, 1);
  first!.learnBatch(batch);
  second!.learnBatch(batch);
  expect(m.weights.rules.size).toBe(2);
  first!.forget({ inputs: [1] });
  for (const { kept } of two) for (const vector of kept()) expect(vector[1]).toBe(0);
  first!.close();
  second!.close();
  expect(m.weights.rules.size).toBe(0);
});

it("forget() during a batch waits until the batch is done", () => {
  const m = model(chain(dense(2, 3), dense(3, 1)), { seed: 1 });
  const batches$ = new Subject<ReturnType<typeof batchOf>>();
  const seen: number[] = [];
  batches$.pipe(train(m, { loss, optimizer: sgd(0.1) })).subscribe();
  const row = () => Math.max(...[0, 1, 2].map((j) => Math.abs(m.parameters[0]!.value.data[j]!)));
  const tap = gradients$(m, 0).subscribe(() => {
    forget(m, { inputs: [0] });
    seen.push(row());
  });
  batches$.next(batchOf(2, 1, 1));
  expect(seen[0]).toBeGreaterThan(0);
  expect(row()).toBe(0);
  tap.unsubscribe();
  batches$.next(batchOf(2, 1, 2));
  expect(row()).toBeGreaterThan(0);
});

describe("forget() refuses, and changes nothing:", () => {
  const shared = dense(2, 2);
  const cases: readonly (readonly [string, Plan, Renewal, RegExp])[] = [
    [
      "a layer that mixes columns",
      chain(layerNorm(2), dense(2, 1)),
      { inputs: [0] },
      /got layerNorm\(2\), which mixes them/,
    ],
    ["batchNorm", chain(batchNorm(2), dense(2, 1)), { inputs: [0] }, /batchNorm\(2\)/],
    ["a gru", chain(gru(2, 3, { steps: 1 }), dense(3, 1)), { inputs: [0] }, /gru/],
    ["a function of 0 that is not 0", chain(sigmoid(), dense(2, 1)), { inputs: [0] }, /sigmoid\(\)/],
    [
      "a column that is added to others",
      chain(residual(dense(2, 2)), dense(2, 1)),
      { inputs: [0] },
      /add\(\)/,
    ],
    [
      "a layer that other columns go to",
      chain(parallel(add(), chain(columns(0, 2), shared), chain(columns(2, 4), shared))),
      { inputs: [0] },
      /used twice/,
    ],
    ["an output that is normalized", chain(dense(2, 2), layerNorm(2)), { outputs: [0] }, /layerNorm\(2\)/],
    ["an output that is the input", chain(residual(dense(2, 2))), { outputs: [0] }, /the input is added to/],
    [
      "an output that another layer reads",
      chain(dense(2, 2), parallel(concatenate(), chain(), dense(2, 1))),
      { outputs: [0] },
      /dense\(2, 1\) on them/,
    ],
    ["columns that there are not", chain(dense(2, 2)), { inputs: [2] }, /columns below 2 as inputs, got 2/],
    ["outputs that there are not", chain(dense(2, 2)), { outputs: [-1] }, /column in outputs, got -1/],
    ["what is no list", chain(dense(2, 2)), { inputs: 3 as never }, /a list of columns as inputs, got 3/],
    [
      "what it does not know",
      chain(dense(2, 2)),
      { input: [1] } as never,
      /options named inputs, indices, outputs/,
    ],
  ];
  it.each(cases)("%s", (_, plan, renewal, message) => {
    const m = model(plan, { seed: 1 });
    const before = valuesOf(m);
    expect(() => forget(m, renewal)).toThrow(message);
    expect(valuesOf(m)).toEqual(before);
  });
});
