import { readFileSync } from "node:fs";
import { batchNorm, chain, dense, gru, loadTensors, matrix, model, readSafetensors } from "rxgrad";
import { expect, it } from "vitest";
import { stateOf } from "../support/modelState.ts";

const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../fixtures/tensors/${name}`, import.meta.url));
const { sequential, gru: sequence } = JSON.parse(fixture("torch.json").toString("utf8"));
const { tensors } = readSafetensors(fixture("sequential.safetensors"));
const plan = chain(dense(3, 5, { activation: "tanh" }), batchNorm(5), dense(5, 2));
const map = {
  "dense0.W": "0.weight",
  "dense0.b": "0.bias",
  "batchNorm1.gamma": "2.weight",
  "batchNorm1.beta": "2.bias",
  "batchNorm1.mean": "2.running_mean",
  "batchNorm1.variance": "2.running_var",
  "dense2.W": "3.weight",
  "dense2.b": "3.bias",
};
const transpose = (name: string): boolean => name.endsWith(".W");

it.each(["float32", "float64"] as const)(
  "loadTensors() answers as PyTorch does with its weights, in %s",
  (precision) => {
    const net = model(plan, { seed: 1, precision });
    loadTensors(net, tensors, { map, transpose });
    const { data } = net.predict(matrix(sequential.x));
    sequential.y.flat().forEach((y: number, i: number) => {
      expect(data[i]).toBeCloseTo(y, 5);
    });
  },
);

it("loadTensors() takes the weights of PyTorch's recurrent layers", () => {
  const net = model(chain(gru(3, 4, { steps: 5 })), { seed: 1 });
  loadTensors(net, readSafetensors(fixture("gru.safetensors")).tensors, {
    map: (name) => `${name.replace("gru0.", "").replace("W_", "weight_").replace("b_", "bias_")}_l0`,
    transpose: (name) => name.includes(".W_"),
  });
  const { data } = net.predict(matrix(sequence.x));
  sequence.y.flat().forEach((y: number, i: number) => {
    expect(data[i]).toBeCloseTo(y, 5);
  });
});

it("loadTensors() leaves alone what the map does not name", () => {
  const net = model(plan, { seed: 1 });
  const before = net.parameters.map(({ value }) => [...value.data]);
  loadTensors(net, tensors, { map: { "dense2.b": "3.bias" } });
  const after = net.parameters.map(({ value }) => [...value.data]);
  expect(after.slice(0, -1)).toEqual(before.slice(0, -1));
  expect(after.at(-1)).toEqual([...tensors.get("3.bias")!.data]);
});

it.each([
  ["a missing tensor", { map: { "dense0.W": "9.weight" } }, 'a tensor named "9.weight" for dense0.W'],
  ["another shape", { map: { "dense2.b": "3.bias", "dense0.W": "0.weight" } }, "3 × 5 numbers"],
  ["a name that the model does not have", { map: { "dense9.W": "0.weight" } }, "names out of dense0.W"],
  ["integers", { map: { "dense2.b": "2.num_batches_tracked" } }, "floating-point numbers"],
  ["an unknown option", { maps: {} }, "options named map, transpose"],
])("loadTensors() refuses %s, and nothing has changed", (_, options, message) => {
  const net = model(plan, { seed: 1 });
  const before = stateOf(net);
  expect(() => loadTensors(net, tensors, options as never)).toThrow(message);
  expect(stateOf(net)).toBe(before);
});
