import { readFileSync } from "node:fs";
import {
  add,
  batchNorm,
  chain,
  conv1d,
  dense,
  dropout,
  embedding,
  gru,
  layer,
  layerNorm,
  lstm,
  type Matrix,
  matrix,
  model,
  type Plan,
  parallel,
  readSafetensors,
  residual,
  type Tensor,
  writeSafetensors,
  zeroInit,
} from "rxgrad";
import { fromPytorch, loadPytorch, toPytorch } from "rxgrad/formats";
import { expect, it } from "vitest";
import answers from "../fixtures/pytorch.json" with { type: "json" };

const stateOf = (name: string): ReadonlyMap<string, Tensor> =>
  readSafetensors(readFileSync(new URL(`../fixtures/pytorch/${name}.safetensors`, import.meta.url))).tensors;

const tanh = () => dense(3, 3, { activation: "tanh" });
const plans: Readonly<Record<keyof typeof answers, Plan>> = {
  many: chain(tanh(), tanh(), tanh(), tanh(), tanh(), tanh()),
  mixed: chain(
    dense(4, 6, { activation: "relu" }),
    layerNorm(6),
    dense(6, 6, { bias: false }),
    batchNorm(6),
    dropout(0.5),
    dense(6, 2),
  ),
  words: chain(
    embedding(7, 3),
    gru(3, 4, { steps: 5, returnSequences: true }),
    gru(4, 4, { steps: 5, returnSequences: true }),
    lstm(4, 5, { steps: 5 }),
    dense(5, 1),
  ),
  causal: chain(conv1d(2, 3, { steps: 4, kernelSize: 2, dilation: 2, activation: "relu" }), dense(12, 1)),
};

it.each(Object.keys(plans) as (keyof typeof answers)[])(
  "fromPytorch() answers as PyTorch does: %s",
  (name) => {
    const { x, y } = answers[name];
    const net = fromPytorch(stateOf(name), plans[name], { precision: "float64" });
    const given = net.predict(matrix(x)).data;
    y.flat().forEach((expected, i) => {
      expect(Math.abs(given[i]! - expected)).toBeLessThan(1e-6 * Math.max(1, Math.abs(expected)));
    });
  },
);

it.each(["many", "mixed"] as const)("toPytorch() gives nn.Sequential its state dict back: %s", (name) => {
  const state = stateOf(name);
  const back = toPytorch(fromPytorch(state, plans[name]));
  const bare = ([key, { shape, data }]: readonly [string, Tensor]) => [key, { shape, data }] as const;
  const counted = new Map([...state].map(bare));
  expect(new Map(back)).toEqual(counted);
});

it("toPytorch() names layers as map says, under a prefix", () => {
  const net = model(residual(dense(2, 2)), { seed: 1 });
  const state = toPytorch(net, { prefix: "net", map: { dense0: "body.fc" } });
  expect([...state.keys()]).toEqual(["net.body.fc.weight", "net.body.fc.bias"]);
  expect(state.get("net.body.fc.weight")!.data[1]).toBe(net.parameters[0]!.value.data[2]);
  const other = model(residual(dense(2, 2)), { seed: 2 });
  loadPytorch(other, readSafetensors(writeSafetensors(state)).tensors, { prefix: "net.body" });
  expect(Array.from(other.weights.values.data)).toEqual(Array.from(net.weights.values.data));
  expect(() => toPytorch(net)).toThrow("a chain of layers, or a name for each in map, got no dense0 there");
});

const zeros = (...shape: number[]): Tensor => ({
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
});
const linear = (name: string, outputs: number, inputs: number): [string, Tensor][] => [
  [`${name}.weight`, zeros(outputs, inputs)],
  [`${name}.bias`, zeros(outputs)],
];
const own = layer({
  name: "own()",
  parameters: { s: { rows: 1, cols: 1, init: zeroInit() } },
  forward: (x) => ({ y: x, backward: (dx: Matrix) => ({ dx, ds: dx }) }),
});

it.each<[string, Plan, [string, Tensor][], string]>([
  [
    "a module too many",
    dense(2, 1),
    [...linear("0", 1, 2), ...linear("1", 4, 4)],
    'a layer for every module: dense0 as Linear (weight 1 × 2, bias 1), got "0" (weight 1 × 2, bias 1); "1" (weight 4 × 4, bias 4)',
  ],
  [
    "a layer too many",
    chain(dense(2, 1), dense(1, 1)),
    linear("0", 1, 2),
    "as many modules as layers of each kind and shape: dense0 as",
  ],
  [
    "names that do not tell",
    chain(dense(2, 2), dense(2, 2)),
    [...linear("key", 2, 2), ...linear("query", 2, 2)],
    "numbers in the names of modules that are alike, or map",
  ],
  ["a shape that is turned", dense(2, 1), linear("0", 2, 1), "as many modules as layers"],
  ["a missing bias", dense(2, 1), [["0.weight", zeros(1, 2)]], "as many modules as layers"],
  [
    "a tensor that no module has",
    dense(2, 1),
    [...linear("0", 1, 2), ["0.scale", zeros(1)]],
    "as many modules as layers",
  ],
  [
    "a recurrent module that goes both ways",
    gru(1, 1, { steps: 1 }),
    [
      ...["", "_reverse"].flatMap((way): [string, Tensor][] => [
        [`weight_ih_l0${way}`, zeros(3, 1)],
        [`weight_hh_l0${way}`, zeros(3, 1)],
      ]),
    ],
    "as many modules as layers",
  ],
  [
    "numbers that are not finite",
    dense(1, 1),
    [
      ["weight", { shape: [1, 1], data: Float32Array.of(Number.NaN) }],
      ["bias", zeros(1)],
    ],
    "finite numbers",
  ],
  [
    "whole numbers",
    dense(1, 1),
    [
      ["weight", { shape: [1, 1], data: Int8Array.of(1) }],
      ["bias", zeros(1)],
    ],
    "floating-point numbers",
  ],
  [
    "a layer of one's own",
    chain(own, dense(1, 1)),
    linear("0", 1, 1),
    "layers that PyTorch has modules for (loadTensors sets others), got own()",
  ],
])("loadPytorch() refuses %s, and nothing changes", (_, plan, tensors, message) => {
  const net = model(plan, { seed: 1 });
  const before = net.weights.values.data.slice();
  expect(() => loadPytorch(net, new Map(tensors))).toThrow(message);
  expect(net.weights.values.data).toEqual(before);
});

it("loadPytorch() takes a map where names do not tell", () => {
  const net = model(parallel(add(), dense(1, 1), dense(1, 1)));
  const tensors = new Map<string, Tensor>([
    ["key.weight", { shape: [1, 1], data: Float32Array.of(3) }],
    ["key.bias", zeros(1)],
    ["query.weight", { shape: [1, 1], data: Float32Array.of(5) }],
    ["query.bias", zeros(1)],
  ]);
  loadPytorch(net, tensors, { map: { dense0: "query" } });
  expect(net.parameters.map(({ value }) => value.data[0])).toEqual([5, 0, 3, 0]);
  for (const map of [{ dense0: "other" }, { other: "query" }, { dense0: "key", dense1: "key" }] as Record<
    string,
    string
  >[])
    expect(() => loadPytorch(net, tensors, { map })).toThrow("a layer and a module that fit each other");
});
