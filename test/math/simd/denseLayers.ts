import fc from "fast-check";
import { type Data, type Kernels, random, type Site } from "rxgrad";
import { expect } from "vitest";
import { activationOf } from "../../../src/layers/activation.ts";

const activations = [
  undefined,
  "relu",
  "leakyRelu",
  "elu",
  "selu",
  "tanh",
  "sigmoid",
  "hardSigmoid",
  "softsign",
  "softplus",
  "silu",
  "mish",
  "gelu",
] as const;

/** A dense layer, and the numbers that it is tried with. */
export interface DenseCase {
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly bias: boolean;
  readonly activation: (typeof activations)[number];
  readonly accumulate: boolean;
  readonly wantsInputGrad: boolean;
  readonly through: boolean;
  readonly seed: number;
}

const guard = 4;
/** A matrix whose numbers are drawn, as a slice of a row that goes on before and after it; guarded values must not change. */
const guarded = (kernels: Kernels, rows: number, cols: number, draw: () => number) => {
  const home = kernels.zeros(1, rows * cols + 16 + guard);
  for (let i = 0; i < home.cols; i++) home.data[i] = draw();
  const around = [...home.data.slice(0, 16), ...home.data.slice(16 + rows * cols)];
  return {
    m: kernels.slice(home, 16, rows, cols),
    isWhole: () => expect([...home.data.slice(0, 16), ...home.data.slice(16 + rows * cols)]).toEqual(around),
  };
};

const siteOf = (kernels: Kernels, rows: number, width: number): Site => ({
  rows,
  widths: [width],
  kernels,
  parameters: {},
  buffers: {},
  random: random(0),
  wantsInputGrad: true,
  afterUpdate: () => {},
  zeros: kernels.zeros,
});

/** Everything that a dense kernel writes, for numbers that follow from the seed. */
export const outcome = (
  kernels: Kernels,
  { rows, inputs, outputs, bias, activation, accumulate, wantsInputGrad, through, seed }: DenseCase,
) => {
  const dice = random(seed);
  const draw = () => Math.fround(dice.normal());
  const make = (r: number, c: number, scale = 1) => guarded(kernels, r, c, () => Math.fround(scale * draw()));
  const x = make(rows, inputs);
  const W = make(inputs, outputs, 1 / Math.sqrt(inputs));
  const b = make(1, outputs);
  const y = kernels.zeros(rows, outputs); // what follows a block in its line is its own
  const dy = make(rows, outputs);
  const dW = make(inputs, outputs);
  const db = make(1, outputs);
  const dx = make(rows, inputs);
  const f = activation && activationOf(activation);
  const fused = f && kernels.fuses(f.source) ? f.source : undefined;
  const layer = kernels.dense(
    { rows, inputs, outputs, bias, activation: fused, wantsInputGrad },
    kernels.zeros,
  );
  layer.forward(x.m, W.m, bias ? b.m : undefined, y);
  const pass = fused ? undefined : f?.plan(siteOf(kernels, rows, outputs));
  const answer = pass ? pass.forward(y, "train") : y;
  const dz = pass && !through ? pass.backward(dy.m, false) : dy.m;
  layer.backward(x.m, y, dz, W.m, dW.m, bias ? db.m : undefined, dx.m, accumulate, through);
  for (const { isWhole } of [x, W, b, dy, dW, db, dx]) isWhole();
  return { y: answer.data, dW: dW.m.data, db: db.m.data, dx: dx.m.data };
};

/** The largest distance, in relation to the largest number. */
export const distance = (a: Data, b: Data): number => {
  let far = 0;
  let top = 1;
  a.forEach((v, i) => {
    far = Math.max(far, Math.abs(v - b[i]!));
    top = Math.max(top, Math.abs(b[i]!));
  });
  return far / top;
};

const size = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 90 }));
/** Layers of all kinds, of one row to many. */
export const denseCases: fc.Arbitrary<DenseCase> = fc.record({
  rows: fc.oneof(
    fc.constant(1),
    fc.integer({ min: 2, max: 15 }),
    fc.integer({ min: 16, max: 60 }),
    fc.integer({ min: 140, max: 300 }),
  ),
  inputs: fc.oneof(
    { weight: 4, arbitrary: size },
    { weight: 1, arbitrary: fc.integer({ min: 250, max: 600 }) },
  ),
  outputs: fc.oneof(
    { weight: 4, arbitrary: size },
    { weight: 1, arbitrary: fc.integer({ min: 250, max: 330 }) },
  ),
  bias: fc.boolean(),
  activation: fc.constantFrom(...activations),
  accumulate: fc.boolean(),
  wantsInputGrad: fc.boolean(),
  through: fc.boolean(),
  seed: fc.nat(),
});

/** Whether kernels compute a case as the others do: each number within 1e-5 of the largest. What nobody wants stays as it is. */
export const expectAgreement = (kernels: Kernels, exact: Kernels, one: DenseCase): void => {
  const [fast, slow] = [outcome(kernels, one), outcome(exact, one)];
  for (const name of ["y", "dW", "db", "dx"] as const)
    expect(distance(fast[name], slow[name]), name).toBeLessThan(1e-5);
};
