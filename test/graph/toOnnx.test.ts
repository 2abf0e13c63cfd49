import {
  chain,
  dense,
  embedding,
  gelu,
  gru,
  layer,
  type Matrix,
  type Model,
  model,
  type Plan,
  random,
  residual,
} from "rxgrad";
import { toOnnx } from "rxgrad/formats";
import { expect, it } from "vitest";
import { onnxRuntime } from "../onnx/onnxRuntime.ts";
import { randomPlan } from "../support/randomPlan.ts";

/** Weights as training leaves them, and statistics that are not those of the start. */
const stir = ({ weights }: Model, seed: number): void => {
  const draws = random(seed, 1000);
  for (const { value } of weights.parameters)
    for (let i = 0; i < value.data.length; i++) value.data[i]! += 0.3 * (draws.uniform() - 0.5);
  for (const { buffers } of weights.layers)
    for (const [key, { data }] of Object.entries(buffers))
      for (let i = 0; i < data.length; i++)
        data[i] = key === "mean" ? draws.uniform() - 0.5 : 0.5 + draws.uniform();
};

/** The same numbers in float64, which rounds so little that it is the truth here. */
const exact = (plan: Plan, { weights }: Model): Model => {
  const twin = model(plan, { precision: "float64" });
  twin.weights.values.data.set(weights.values.data);
  twin.weights.buffers.data.set(weights.buffers.data);
  return twin;
};

const textOf = (bytes: Uint8Array): string => new TextDecoder("latin1").decode(bytes);

/** How far apart at most, by |a| where that is above 1. */
const apart = (a: Matrix, b: Matrix): number => {
  expect([b.rows, b.cols]).toEqual([a.rows, a.cols]);
  let worst = 0;
  for (let i = 0; i < a.data.length; i++) {
    const difference = Math.abs(a.data[i]! - b.data[i]!) / Math.max(1, Math.abs(a.data[i]!));
    worst = Math.max(worst, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
  }
  return worst;
};

/**
 * The truth is our answer in float64. Both float32 answers round; where a network magnifies that, such as a layerNorm of nearly equal
 * numbers, ours is as far from the truth as theirs.
 */
it("toOnnx() writes 1,000 random networks, which onnxruntime answers as we do to 1e-6, and to 1e-5 where ours rounds too", async (test) => {
  const run = onnxRuntime(test);
  const far: { source: string; theirs: number; ours: number }[] = [];
  const types = new Set<string>();
  for (let seed = 0; seed < 1000; seed++) {
    const draws = random(seed, 7);
    const { plan, inputs, indices } = randomPlan(draws);
    const net = model(plan, { seed });
    stir(net, seed);
    for (const [type] of plan.source.matchAll(/\w+(?=\()/g)) types.add(type);
    const rows = 1 + Math.floor(draws.uniform() * 9);
    const data = Float32Array.from({ length: rows * inputs }, (_, i) =>
      i % inputs < indices.columns ? Math.floor(draws.uniform() * indices.size) : 4 * draws.uniform() - 2,
    );
    const x = { rows, cols: inputs, data };
    const truth = exact(plan, net).predict(x);
    const theirs = apart(truth, await run(toOnnx(net), x));
    if (theirs > 1e-6) far.push({ source: plan.source, theirs, ours: apart(truth, net.predict(x)) });
    net.dispose();
  }
  expect(far.length).toBeLessThanOrEqual(20); // 7 where this was written
  expect(far.filter(({ theirs, ours }) => theirs > 1e-5 || theirs > 10 * ours)).toEqual([]);
  expect(types.size).toBe(33); // every layer and every activation
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
  ["an unknown option", dense(1, 1), { op: 16 }, "options named name, opset, doc, answer, got op"],
])("toOnnx() refuses %s", (_, plan, options, message) => {
  expect(() => toOnnx(model(plan), options)).toThrow(message);
});
