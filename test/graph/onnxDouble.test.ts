import {
  type Activation,
  add,
  batchNorm,
  chain,
  columns,
  concatenate,
  conv1d,
  dense,
  dropout,
  elu,
  embedding,
  gelu,
  gru,
  hedge,
  lastStep,
  layerNorm,
  leakyRelu,
  lstm,
  type Model,
  mapGradient,
  model,
  multiply,
  type Plan,
  parallel,
  random,
} from "rxgrad";
import { toOnnx } from "rxgrad/formats";
import { expect, it } from "vitest";
import { apart } from "../onnx/apart.ts";
import { onnxRuntime } from "../onnx/onnxRuntime.ts";
import { stir } from "../onnx/stir.ts";

const opsets = [17, 18, 19, 20, 21];

const ends = [800, 30, 7.3, 3, 1.2, 0.3, 1e-3, 1e-9, 1e-200, 0];
const points = { rows: 4, cols: 5, data: Float64Array.from([...ends.map((x) => -x), ...ends]) };

const identity = (size: number, model: Model): Model => {
  for (const { value } of model.parameters)
    for (let i = 0; i < value.data.length; i++)
      value.data[i] = value.rows > 1 && i % (size + 1) === 0 ? 1 : 0;
  return model;
};

/** Between products without a bias, where a runtime that joins operators is tempted to round constants of theirs to float32. */
const between = (activation: Activation, bias: boolean): Model =>
  identity(
    5,
    model(chain(dense(5, 5, { activation, bias }), dense(5, 5, { bias })), { precision: "float64" }),
  );

const names =
  "linear relu leakyRelu elu selu gelu silu mish softplus softsign tanh sigmoid hardSigmoid softmax logSoftmax";
const activations: readonly [string, Activation][] = [
  ...names.split(" ").map((name): [string, Activation] => [name, name as Activation]),
  ["elu(0.3)", elu(0.3)],
  ["leakyRelu(0.3)", leakyRelu(0.3)],
  ["the tanh form of gelu", gelu({ approximate: "tanh" })],
];

it.for(activations)(
  "toOnnx() writes %s in float64, which onnxruntime answers to 1e-14",
  async ([, activation], test) => {
    const run = onnxRuntime(test);
    for (const bias of [true, false]) {
      const net = between(activation, bias);
      for (const opset of opsets)
        expect(apart(net.predict(points), await run(toOnnx(net, { opset }), points))).toBeLessThan(1e-14);
    }
  },
);

it.for(["elu", "selu", "silu", "mish", "softplus", "softsign", "tanh"] as const)(
  "toOnnx() writes %s in float64 so that numbers near 0 keep their digits",
  async (activation, test) => {
    const net = between(activation, true);
    expect(apart(net.predict(points), await onnxRuntime(test)(toOnnx(net), points), 0)).toBeLessThan(1e-14);
  },
);

const layers: readonly [string, Plan, number][] = [
  ["dense", dense(6, 4), 6],
  ["dense without bias", dense(6, 4, { bias: false }), 6],
  ["conv1d", conv1d(2, 3, { steps: 3, kernelSize: 1 }), 6],
  ["conv1d of several taps", conv1d(2, 3, { steps: 6, kernelSize: 3, dilation: 2, activation: "gelu" }), 12],
  ["conv1d that looks back beyond the first step", conv1d(2, 3, { steps: 2, kernelSize: 3, bias: false }), 4],
  ["layerNorm", layerNorm(6), 6],
  ["layerNorm with an epsilon that float32 rounds", layerNorm(6, { epsilon: 0.1 }), 6],
  ["batchNorm", batchNorm(6, { epsilon: 0.1 }), 6],
  ["gru", gru(2, 3, { steps: 4 }), 8],
  ["gru of one step", gru(2, 3, { steps: 1, returnSequences: true }), 2],
  ["gru with sequences", chain(gru(2, 3, { steps: 4, returnSequences: true }), lastStep(4, 3)), 8],
  ["lstm", lstm(2, 3, { steps: 4 }), 8],
  ["lstm with sequences", lstm(2, 3, { steps: 4, returnSequences: true }), 8],
  ["embedding", embedding(3, 2), 6],
  ["columns", columns(1, 3), 6],
  ["concatenate", parallel(concatenate(), columns(0, 2), columns(3, 6)), 6],
  ["add", parallel(add(), columns(0, 3), columns(3, 6)), 6],
  ["multiply", parallel(multiply(), columns(0, 3), columns(3, 6)), 6],
  ["hedge", hedge(6, 2, { hidden: [3, 2], inputHead: true }), 6],
  ["dropout", dropout(0.5), 6],
  ["mapGradient", mapGradient((g) => g), 6],
];

it.for(layers)(
  "toOnnx() writes %s in float64, which onnxruntime answers to 1e-14",
  async ([name, plan, cols], test) => {
    const run = onnxRuntime(test);
    const net = model(plan, { precision: "float64" });
    stir(net, 1);
    const draws = random(1, 1);
    const draw = name === "embedding" ? () => Math.floor(3 * draws.uniform()) : () => 4 * draws.uniform() - 2;
    for (const rows of [1, 5]) {
      const x = { rows, cols, data: Float64Array.from({ length: rows * cols }, draw) };
      for (const opset of opsets)
        expect(apart(net.predict(x), await run(toOnnx(net, { opset }), x))).toBeLessThan(1e-14);
    }
  },
);
