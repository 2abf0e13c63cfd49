import { expect, it } from "vitest";
import {
  adam,
  categoricalCrossentropy,
  chain,
  dense,
  dropout,
  heNormal,
  layerNorm,
  learner,
  matrix,
  mish,
  model,
  random,
  residual,
} from "../../../src/index.ts";

/** FNV-1a over the bytes of the weights. */
const digest = (data: Float32Array | Float64Array): string => {
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(data.slice().buffer)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16);
};

const learned = (seed: number): string => {
  const m = model(
    chain(
      dense(5, 24, { activation: "gelu", init: heNormal() }),
      layerNorm(24),
      dropout(0.1),
      residual(chain(dense(24, 24, { activation: "tanh" }), mish())),
      dense(24, 3, { activation: "softmax" }),
    ),
    { seed, numerics: "reproducible" },
  );
  const learning = learner(m, {
    loss: categoricalCrossentropy({ labelSmoothing: 0.1 }),
    optimizer: adam(0.01),
  });
  const dice = random(9);
  for (let step = 0; step < 300; step++) {
    const rows = 1 + (step % 20);
    const x = matrix(
      Array.from({ length: rows }, () => Array.from({ length: 5 }, () => 4 * dice.uniform() - 2)),
    );
    const y = matrix(
      Array.from({ length: rows }, (_, i) => [x.data[5 * i]! > 0 ? 0 : x.data[5 * i + 1]! > 0 ? 1 : 2]),
    );
    learning.learnBatch({ x, y });
  }
  learning.close();
  return digest(m.weights.values.data);
};

it('model({ numerics: "reproducible" }) comes to the same bytes on every machine, in every Node and in browsers', () => {
  expect([learned(1), learned(2)]).toEqual(["eb134655", "457cf64e"]);
});
