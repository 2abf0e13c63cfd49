import {
  chain,
  conv1d,
  dense,
  embedding,
  gelu,
  gru,
  layer,
  lstm,
  type Matrix,
  model,
  type Plan,
  random,
  residual,
} from "rxgrad";
import { toOnnx } from "rxgrad/formats";
import { expect, it } from "vitest";
import { apart } from "../onnx/apart.ts";
import { exact } from "../onnx/exact.ts";
import { onnxRuntime } from "../onnx/onnxRuntime.ts";
import { stir } from "../onnx/stir.ts";
import { randomPlan } from "../support/randomPlan.ts";

const textOf = (bytes: Uint8Array): string => new TextDecoder("latin1").decode(bytes);

/** The random network of a seed, a batch for it, and the true answer. */
const network = (seed: number) => {
  const draws = random(seed, 7);
  const { plan, inputs, indices } = randomPlan(draws);
  const net = model(plan, { seed });
  stir(net, seed);
  const rows = 1 + Math.floor(draws.uniform() * 9);
  const data = Float32Array.from({ length: rows * inputs }, (_, i) =>
    i % inputs < indices.columns ? Math.floor(draws.uniform() * indices.size) : 4 * draws.uniform() - 2,
  );
  const x = { rows, cols: inputs, data };
  const twin = exact(plan, net);
  return { plan, net, twin, x, truth: twin.predict(x) };
};

it("toOnnx() writes 1,000 random networks in float64, which onnxruntime answers as we do to 1e-12", async (test) => {
  const run = onnxRuntime(test);
  const types = new Set<string>();
  let worst = 0;
  for (let seed = 0; seed < 1000; seed++) {
    const { plan, net, twin, x, truth } = network(seed);
    for (const [type] of plan.source.matchAll(/\w+(?=\()/g)) types.add(type);
    worst = Math.max(worst, apart(truth, await run(toOnnx(twin), x)));
    net.dispose();
  }
  expect(worst).toBeLessThan(1e-12); // 5e-15 where this was written
  expect(types.size).toBe(33); // every layer and every activation
});

it("toOnnx() writes 1,000 random networks in float32, which onnxruntime answers to 1e-6 of the truth, or to four times our own rounding", async (test) => {
  const run = onnxRuntime(test);
  const far: { source: string; theirs: number; ours: number }[] = [];
  for (let seed = 0; seed < 1000; seed++) {
    const { plan, net, x, truth } = network(seed);
    const theirs = apart(truth, await run(toOnnx(net), x));
    if (theirs > 1e-6) far.push({ source: plan.source, theirs, ours: apart(truth, net.predict(x)) });
    net.dispose();
  }
  expect(far.filter(({ theirs, ours }) => theirs > 4 * ours || theirs > 1e-5)).toEqual([]);
});

it("toOnnx() writes in the precision of the model, unless told otherwise", () => {
  const plan = chain(dense(2, 4, { activation: gelu() }), conv1d(2, 2, { steps: 2, kernelSize: 2 }));
  const single = model(plan, { seed: 1 });
  const double = exact(plan, single);
  expect(toOnnx(single)).toEqual(toOnnx(double, { precision: "float32" }));
  expect(toOnnx(double)).toEqual(toOnnx(single, { precision: "float64" }));
  expect(textOf(toOnnx(single))).toContain("Conv");
  expect(textOf(toOnnx(double))).not.toContain("Conv");
});

it("toOnnx() writes the layers that plans leave open, and a batch of any size", async (test) => {
  const run = onnxRuntime(test);
  const net = model(chain(embedding(5, 2), dense(6, 1)), { seed: 1 });
  const bytes = toOnnx(net);
  for (const rows of [1, 4]) {
    const data = Float32Array.from({ length: 3 * rows }, (_, i) => i % 5);
    const x = { rows, cols: 3, data };
    expect(apart(net.predict(x), await run(bytes, x))).toBeLessThan(1e-6);
  }
  const nothing = model(chain());
  const x = { rows: 2, cols: 3, data: Float32Array.of(1, 2, 3, 4, 5, 6) };
  expect(apart(x, await run(toOnnx(nothing), x))).toBe(0);
});

it("toOnnx() makes GELU of smaller operators where an opset has none", async (test) => {
  const run = onnxRuntime(test);
  const net = model(chain(dense(2, 3, { activation: gelu() }), gelu({ approximate: "tanh" })), { seed: 2 });
  const x = { rows: 2, cols: 2, data: Float32Array.of(1, -2, 0.5, 3) };
  expect(textOf(toOnnx(net))).toContain("Gelu");
  expect(textOf(toOnnx(net, { opset: 17 }))).not.toContain("Gelu");
  for (const opset of [17, 18, 19, 20, 21])
    expect(apart(net.predict(x), await run(toOnnx(net, { opset }), x))).toBeLessThan(1e-6);
});

it("toOnnx() appends the answer that a loss has made of outputs", async (test) => {
  const run = onnxRuntime(test);
  const logits = model(dense(2, 3), { seed: 3 });
  const classes = model(dense(2, 3, { activation: "softmax" }), { seed: 3 });
  const x = { rows: 1, cols: 2, data: Float32Array.of(1, -2) };
  expect(apart(classes.predict(x), await run(toOnnx(logits, { answer: "softmax" }), x))).toBeLessThan(1e-6);
});

it("toOnnx() writes shared weights once, and the same bytes for the same model", () => {
  const shared = dense(30, 30);
  const one = toOnnx(model(chain(shared), { seed: 1 }));
  const three = toOnnx(model(chain(residual(shared), shared, shared), { seed: 1 }));
  expect(three.length - one.length).toBeLessThan(500);
  expect(toOnnx(model(chain(shared), { seed: 1 }))).toEqual(one);
});

const own = layer({ name: "own(2)", forward: (x) => ({ y: x, backward: (dx: Matrix) => ({ dx }) }) });
it.each<[string, Plan, object, string]>([
  ["a layer of one's own", chain(dense(1, 1), own), {}, "own(2) (own1)"],
  ["one as an activation", dense(1, 1, { activation: own }), {}, "got own() in dense"],
  [
    "a state",
    gru(1, 2, { steps: 2, stateful: true }),
    {},
    "toOnnx() of gru0 expects no state from batch to batch",
  ],
  ["an unknown opset", dense(1, 1), { opset: 16 }, "a whole number from 17 to 21 as opset, got 16"],
  [
    "a state in float64",
    lstm(1, 2, { steps: 2, stateful: true }),
    { precision: "float64" },
    "toOnnx() of lstm0 expects no state from batch to batch",
  ],
  [
    "an unknown precision",
    dense(1, 1),
    { precision: "float16" },
    '"float32" or "float64" as precision, got float16',
  ],
  ["an unknown option", dense(1, 1), { op: 16 }, "options named name, opset, precision, doc, answer, got op"],
])("toOnnx() refuses %s", (_, plan, options, message) => {
  expect(() => toOnnx(model(plan), options)).toThrow(message);
});
