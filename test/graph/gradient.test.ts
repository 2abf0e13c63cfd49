import {
  add,
  batchNorm,
  chain,
  columns,
  concatenate,
  dense,
  dropout,
  embedding,
  layerNorm,
  learner,
  type Model,
  mapGradient,
  matrix,
  meanSquaredError,
  model,
  multiply,
  named,
  type Plan,
  parallel,
  random,
  relu,
  residual,
  tanh,
  zeros,
} from "rxgrad";
import { describe, expect, it } from "vitest";
import { differences, relativeError } from "../laws/layer.ts";
import { spy } from "../support/modelState.ts";

const shared = dense(3, 3, { activation: "tanh" });
const sharedEmbedding = embedding(5, 2);
const normed = batchNorm(3);

const plans: readonly [string, Plan, number][] = [
  ["one layer", dense(3, 2), 3],
  ["a chain", chain(dense(3, 4, { activation: "silu" }), dense(4, 2, { activation: "softmax" })), 3],
  ["chains in chains", chain(chain(dense(3, 4)), chain(chain(tanh()), dense(4, 2)), chain()), 3],
  [
    "residual",
    chain(dense(3, 4), residual(chain(layerNorm(4), dense(4, 4, { activation: "gelu" }))), dense(4, 1)),
    3,
  ],
  ["residual in residual", residual(chain(dense(3, 3), residual(dense(3, 3, { activation: "tanh" })))), 3],
  ["residual of nothing", chain(dense(3, 2), residual(chain())), 3],
  [
    "parallel with concatenate",
    chain(parallel(concatenate(), dense(3, 2), dense(3, 1, { activation: "tanh" })), dense(3, 2)),
    3,
  ],
  ["parallel with add", parallel(add(), dense(3, 2), chain(dense(3, 4), tanh(), dense(4, 2))), 3],
  [
    "parallel with multiply",
    chain(parallel(multiply(), dense(3, 2), dense(3, 2, { activation: "sigmoid" })), dense(2, 2)),
    3,
  ],
  ["parallel of one part", parallel(add(), dense(3, 2)), 3],
  [
    "parallel in parallel",
    parallel(
      concatenate(),
      parallel(add(), dense(3, 2), dense(3, 2)),
      chain(dense(3, 2), parallel(multiply(), tanh(), tanh())),
    ),
    3,
  ],
  ["the input beside a layer", chain(parallel(concatenate(), chain(), dense(3, 2)), dense(5, 1)), 3],
  [
    "columns",
    chain(
      parallel(concatenate(), chain(columns(0, 2), dense(2, 3, { activation: "tanh" })), columns(1, 3)),
      dense(5, 2),
    ),
    3,
  ],
  ["a layer that stands twice", chain(shared, shared, dense(3, 1)), 3],
  [
    "a layer that stands three times, in branches too",
    chain(shared, parallel(add(), shared, dense(3, 3)), shared),
    3,
  ],
  ["a layer under a name", chain(named("first", dense(3, 2)), named("second", dense(2, 2))), 3],
  ["batchNorm", chain(dense(3, 3), batchNorm(3), tanh(), dense(3, 2)), 3],
  ["batchNorm that stands twice", chain(normed, dense(3, 3, { activation: "tanh" }), normed), 3],
  ["dropout", chain(dense(3, 6, { activation: "tanh" }), dropout(0.5), dense(6, 2)), 3],
  [
    "mapGradient of the identity",
    chain(
      dense(3, 2),
      mapGradient((g) => g),
      dense(2, 2),
    ),
    3,
  ],
];

const filled = (rows: number, cols: number, seed: number) => {
  const r = random(seed);
  const m = zeros(rows, cols);
  for (let i = 0; i < m.data.length; i++) m.data[i] = r.normal();
  return m;
};

/** The gradients that the optimizer sees, against difference quotients of the loss of the whole model. */
const check = (plan: Plan, x: ReturnType<typeof matrix>): void => {
  const m = model(plan, { seed: 3, precision: "float64" });
  const r = random(17);
  for (const { value } of m.parameters)
    for (let i = 0; i < value.data.length; i++) value.data[i] = 0.7 * r.normal();
  const outputs = m.predict(x).cols;
  const y = filled(x.rows, outputs, 5);
  const weight = matrix(Array.from({ length: x.rows }, (_, i) => [0.5 + i]));
  let gradient = new Float64Array();
  const engine = learner(m, {
    loss: meanSquaredError(),
    optimizer: spy((g) => (gradient = g as typeof gradient)),
  });
  const dice = m.weights.layers.map(({ random }) => random.state.slice());
  const loss = (): number => {
    m.weights.layers.forEach(({ random }, i) => {
      random.state.set(dice[i]!);
    });
    return engine.learnBatch({ x, y, weight }).loss;
  };
  loss();
  loss(); // the second time nothing may be left of the first
  const analytic = gradient;
  expect(relativeError(analytic, differences(m.weights.values, loss))).toBeLessThan(1e-7);
  engine.close();
  m.dispose();
};

describe.each(plans)("model() of %s", (_, plan, inputs) => {
  it("has the gradients of its loss, in every parameter", () => {
    check(plan, filled(4, inputs, 1));
  });
});

it("model() of embeddings beside numbers has the gradients of its loss", () => {
  check(
    chain(
      parallel(
        concatenate(),
        chain(columns(0, 2), sharedEmbedding),
        chain(columns(1, 2), sharedEmbedding),
        columns(2, 4),
      ),
      dense(8, 3, { activation: "tanh" }),
      dense(3, 1),
    ),
    matrix([
      [0, 1, 0.5, -1],
      [4, 4, 1.5, 2],
      [1, 0, -0.5, 0.3],
    ]),
  );
});

it("model() of relu has the gradients of its loss, away from its kink", () => {
  check(
    chain(dense(2, 3), relu(), dense(3, 1)),
    matrix([
      [3, 1],
      [-1, 4],
    ]),
  );
});

it("mapGradient() changes the gradients of the layers before it, and of no other", () => {
  const gradients = (factor: number) => {
    const double = mapGradient((g) => {
      g.data.forEach((v, i) => {
        g.data[i] = factor * v;
      });
      return g;
    });
    const m = model(chain(dense(2, 2, { activation: "tanh" }), double, dense(2, 1)), {
      seed: 4,
      precision: "float64",
    });
    const seen: Float64Array[] = [];
    learner(m, { loss: meanSquaredError(), optimizer: spy((g) => seen.push(g)) }).learnBatch({
      x: filled(3, 2, 1),
      y: filled(3, 1, 2),
    });
    return seen[0]!;
  };
  const plain = gradients(1);
  const doubled = gradients(2);
  expect([...doubled.subarray(0, 6)]).toEqual([...plain.subarray(0, 6)].map((g) => 2 * g));
  expect([...doubled.subarray(6)]).toEqual([...plain.subarray(6)]);
});

it("predict() between the backward passes of a shared layer leaves its gradients alone", () => {
  const twice = dense(2, 2);
  const gradient = (meanwhile: (m: Model) => void): Float64Array => {
    let m: Model | undefined;
    const between = mapGradient((g) => {
      meanwhile(m!);
      return g;
    });
    m = model(chain(twice, between, twice), { seed: 2, precision: "float64" });
    let seen = new Float64Array();
    learner(m, { loss: meanSquaredError(), optimizer: spy((g) => (seen = g as typeof seen)) }).learnBatch({
      x: filled(3, 2, 1),
      y: filled(3, 2, 2),
    });
    return seen;
  };
  const calm = gradient(() => {});
  expect(calm.some((g) => g !== 0)).toBe(true);
  expect(gradient((m) => m.predict(filled(3, 2, 9)))).toEqual(calm);
});
