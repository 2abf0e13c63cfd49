import {
  type ActivationName,
  dense,
  elu,
  gelu,
  hardSigmoid,
  type Layer,
  leakyRelu,
  linear,
  logSoftmax,
  type Model,
  matrix,
  mish,
  model,
  relu,
  selu,
  sigmoid,
  silu,
  softmax,
  softplus,
  softsign,
  tanh,
  toRows,
} from "rxgrad";
import { expect, it } from "vitest";
import { activationOf } from "../../src/layers/activation.ts";
import { benchOf } from "../laws/layer.ts";

const made: Readonly<Record<ActivationName, () => Layer>> = {
  linear,
  relu,
  leakyRelu,
  elu,
  selu,
  gelu,
  silu,
  mish,
  softplus,
  softsign,
  tanh,
  sigmoid,
  hardSigmoid,
  softmax,
  logSoftmax,
};
const names = Object.keys(made) as ActivationName[];

it.each(names)("activationOf() gives the layer of the same name: %s", (name) => {
  const byName = activationOf(name);
  expect(byName.source).toBe(made[name]().source);
  const seen = (m: Model) =>
    toRows(
      m.predict(
        matrix([
          [0.3, -1.2],
          [4, 0.1],
        ]),
      ),
    );
  const named = model(dense(2, 3, { activation: name }), { seed: 5 });
  const byLayer = model(dense(2, 3, { activation: made[name]() }), { seed: 5 });
  expect(seen(named)).toEqual(seen(byLayer));
  expect(named.plan.source).toBe(byLayer.plan.source);
});

it("activationOf() passes a layer on as it is", () => {
  const own = relu();
  expect(activationOf(own)).toBe(own);
});

it.each(["Relu", "", "toString", "constructor", "__proto__"])(
  "dense() refuses an activation that nobody knows: %j",
  (name) => {
    expect(() => dense(2, 3, { activation: name as ActivationName })).toThrow(
      `dense(2, 3) expects a layer or one of ${names.join(", ")} as activation, got ${JSON.stringify(name)}`,
    );
  },
);

it.each([softmax, logSoftmax, sigmoid, softplus, mish, silu, gelu].map((f) => [f().source, f] as const))(
  "%s stays finite at ±1e4, and so does its gradient",
  (_, factory) => {
    const x = matrix([
      [1e4, -1e4, 0],
      [-1e4, -1e4, -1e4],
      [1e4, 1e4, 1e4],
      [800, -800, 710],
    ]);
    const { pass } = benchOf(factory(), 4, [3]);
    const y = pass.forward(x, "train");
    expect(y.data.every(Number.isFinite)).toBe(true);
    const dx = pass.backward(
      matrix([
        [1, -2, 3],
        [1, -2, 3],
        [1, -2, 3],
        [1, -2, 3],
      ]),
      false,
    );
    expect((dx as typeof y).data.every(Number.isFinite)).toBe(true);
  },
);

it("softmax() gives rows that sum to 1, and logSoftmax() their logarithms", () => {
  const x = matrix([
    [1, 2, 3],
    [1e4, 0, -1e4],
    [-5, -5, -5],
  ]);
  const p = model(softmax(), { precision: "float64" }).predict(x);
  const log = model(logSoftmax(), { precision: "float64" }).predict(x);
  for (const row of toRows(p)) expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 14);
  p.data.forEach((v, i) => {
    if (v > 0) expect(Math.log(v)).toBeCloseTo(log.data[i]!, 12);
  });
  expect(toRows(p)[1]).toEqual([1, 0, 0]);
  expect(toRows(log)[1]).toEqual([0, -1e4, -2e4]);
});

it("relu() has the derivative 0 at 0", () => {
  const { pass } = benchOf(relu(), 1, [3]);
  pass.forward(matrix([[0, -0, 1]]), "train");
  expect([...(pass.backward(matrix([[5, 5, 5]]), false) as { data: Float64Array }).data]).toEqual([0, 0, 5]);
});

it.each([
  [() => elu(-1), "elu() expects a number of at least 0 as alpha, got -1"],
  [() => leakyRelu(Number.NaN), "leakyRelu() expects a finite number as slope, got NaN"],
  [() => gelu({ approximate: "erf" as "none" }), 'gelu() expects "none" or "tanh" as approximate, got erf'],
])("activations refuse options out of range: %#", (make, message) => {
  expect(make).toThrow(message);
});
