import { expect, it } from "vitest";
import {
  adam,
  categoricalCrossentropy,
  chain,
  conv1d,
  dense,
  dropout,
  gru,
  heNormal,
  layerNorm,
  learner,
  lstm,
  matrix,
  meanSquaredError,
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

/** A model of every layer of sequences, at both heights of products. */
const learnedOfSequences = (rows: number): string => {
  const m = model(
    chain(
      conv1d(2, 7, { steps: 6, kernelSize: 3, dilation: 2, activation: "gelu" }),
      gru(7, 9, { steps: 6, returnSequences: true, stateful: true, streams: rows }),
      lstm(9, 5, { steps: 6, stateful: true, streams: rows }),
      dense(5, 1),
    ),
    { seed: 3, numerics: "reproducible" },
  );
  const learning = learner(m, { loss: meanSquaredError(), optimizer: adam(0.01) });
  const dice = random(9);
  const drawn = (cols: number) =>
    matrix(Array.from({ length: rows }, () => Array.from({ length: cols }, () => 4 * dice.uniform() - 2)));
  for (let step = 0; step < 50; step++) learning.learnBatch({ x: drawn(12), y: drawn(1) });
  learning.close();
  return digest(m.weights.values.data) + digest(m.weights.buffers.data);
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

it('model({ numerics: "reproducible" }) of layers of sequences comes to the same bytes everywhere', () => {
  expect([learnedOfSequences(1), learnedOfSequences(14)]).toEqual(["bfed8b6723ed73eb", "df69c848b17bf416"]);
});
