import {
  add,
  batchNorm,
  columns,
  concatenate,
  constant,
  conv1d,
  dense,
  dropout,
  elementwise,
  elu,
  embedding,
  gelu,
  gru,
  hardSigmoid,
  hedgedHeads,
  lastStep,
  layer,
  layerNorm,
  leakyRelu,
  linear,
  logSoftmax,
  lstm,
  mapGradient,
  mish,
  multiply,
  type Random,
  relu,
  selu,
  sigmoid,
  silu,
  softmax,
  softplus,
  softsign,
  tanh,
  zeros,
} from "rxgrad";
import { type LayerCase, obeysLayerLaws } from "../laws/layer.ts";

/** Far enough from 0 (and from ±3, for hardSigmoid) for a difference quotient. */
const bent = (r: Random): number => (r.uniform() < 0.5 ? -1 : 1) * (0.1 + 2.5 * r.uniform());
const hard = (r: Random): number => bent(r) * (r.uniform() < 0.5 ? 1 : 1.5) + (r.uniform() < 0.2 ? 8 : 0);
const index = (r: Random): number => r.below(4);

const bilinear = layer({
  name: "bilinear(3)",
  parameters: {
    W: { rows: 3, cols: 3, init: constant(1) },
    s: { rows: 1, cols: 1, init: constant(2) },
  },
  inputs: 3,
  outputs: 1,
  // y = s · x W xᵀ for each row x
  forward: (x, { W, s }) => {
    const y = zeros(x.rows, 1);
    const each = (visit: (n: number, i: number, j: number) => void) => {
      for (let n = 0; n < x.rows; n++) for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) visit(n, i, j);
    };
    const at = (n: number, i: number) => x.data[n * 3 + i]!;
    each((n, i, j) => {
      y.data[n]! += s.data[0]! * at(n, i) * W.data[i * 3 + j]! * at(n, j);
    });
    return {
      y,
      backward: (dy) => {
        const [dx, dW, ds] = [zeros(x.rows, 3), zeros(3, 3), zeros(1, 1)];
        each((n, i, j) => {
          const g = dy.data[n]!;
          const w = W.data[i * 3 + j]!;
          ds.data[0]! += g * at(n, i) * w * at(n, j);
          dW.data[i * 3 + j]! += g * s.data[0]! * at(n, i) * at(n, j);
          dx.data[n * 3 + i]! += g * s.data[0]! * w * at(n, j);
          dx.data[n * 3 + j]! += g * s.data[0]! * w * at(n, i);
        });
        return { dx, dW, ds };
      },
    };
  },
});

const square = () =>
  elementwise(
    "square()",
    (x) => x * x,
    (x) => 2 * x,
  );

const cases: readonly LayerCase[] = [
  { layer: linear(), widths: [3] },
  { layer: relu(), widths: [3], draw: bent },
  { layer: leakyRelu(), widths: [3], draw: bent },
  { layer: leakyRelu(-0.4), widths: [3], draw: bent },
  { layer: elu(), widths: [3], draw: bent },
  { layer: elu(0.3), widths: [3], draw: bent },
  { layer: selu(), widths: [3], draw: bent },
  { layer: gelu(), widths: [3] },
  { layer: gelu({ approximate: "tanh" }), widths: [3] },
  { layer: silu(), widths: [3] },
  { layer: mish(), widths: [3] },
  { layer: softplus(), widths: [3] },
  { layer: softsign(), widths: [3], draw: bent },
  { layer: tanh(), widths: [3] },
  { layer: sigmoid(), widths: [3] },
  { layer: hardSigmoid(), widths: [3], draw: hard },
  { layer: softmax(), widths: [4] },
  { layer: softmax(), widths: [1] },
  { layer: logSoftmax(), widths: [4] },
  { layer: dense(3, 4), widths: [3] },
  { layer: dense(1, 1), widths: [1] },
  { layer: dense(3, 4, { bias: false }), widths: [3] },
  { layer: dense(3, 4, { activation: "tanh" }), widths: [3] },
  { layer: dense(3, 4, { activation: "softmax" }), widths: [3] },
  { layer: dense(3, 2, { activation: elu(0.5), bias: false }), widths: [3] },
  { layer: dense(3, 4, { sparse: true }), widths: [3] },
  { layer: dense(3, 4, { activation: "tanh", bias: false, sparse: true }), widths: [3] },
  { layer: layerNorm(4), widths: [4] },
  { layer: layerNorm(4, { epsilon: 0.1 }), widths: [4] },
  { layer: batchNorm(3), widths: [3], least: 3 }, // of two rows x̂ is all but ±1, whatever they are
  { layer: batchNorm(3, { momentum: 0.5, epsilon: 0.1 }), widths: [3], least: 2 },
  { layer: dropout(0.4), widths: [5] },
  { layer: hedgedHeads(3, 2), widths: [6] },
  { layer: hedgedHeads(1, 1, { beta: 0.5, smoothing: 0.1, scaled: true }), widths: [1] },
  { layer: columns(1, 3), widths: [4] },
  { layer: columns(0, 4), widths: [4] },
  { layer: lastStep(3, 2), widths: [6] },
  { layer: lastStep(1, 2), widths: [2] },
  { layer: gru(2, 3, { steps: 4 }), widths: [8] },
  { layer: gru(1, 1, { steps: 1 }), widths: [1] },
  { layer: gru(3, 2, { steps: 3, returnSequences: true }), widths: [9] },
  { layer: gru(2, 5, { steps: 2, stateful: true }), widths: [4], only: 1 },
  { layer: gru(2, 3, { steps: 3, returnSequences: true, stateful: true, streams: 4 }), widths: [6], only: 4 },
  { layer: lstm(2, 3, { steps: 4 }), widths: [8] },
  { layer: lstm(1, 1, { steps: 1 }), widths: [1] },
  { layer: lstm(3, 2, { steps: 3, returnSequences: true }), widths: [9] },
  { layer: lstm(2, 5, { steps: 2, stateful: true }), widths: [4], only: 1 },
  {
    layer: lstm(2, 3, { steps: 3, returnSequences: true, stateful: true, streams: 4 }),
    widths: [6],
    only: 4,
  },
  { layer: conv1d(2, 3, { steps: 5, kernelSize: 3 }), widths: [10] },
  { layer: conv1d(1, 1, { steps: 1, kernelSize: 1 }), widths: [1] },
  { layer: conv1d(2, 2, { steps: 7, kernelSize: 3, dilation: 2, activation: "tanh" }), widths: [14] },
  { layer: conv1d(1, 3, { steps: 4, kernelSize: 3, dilation: 4, activation: "softmax" }), widths: [4] },
  { layer: conv1d(3, 2, { steps: 3, kernelSize: 2, bias: false }), widths: [9] },
  { layer: embedding(4, 3), widths: [2], draw: index, discrete: true },
  { layer: embedding(4, 1), widths: [1], draw: index, discrete: true },
  { layer: mapGradient((g) => g), widths: [3], opaque: true },
  { layer: square(), widths: [3], opaque: true },
  { layer: dense(3, 2, { activation: square() }), widths: [3], opaque: true },
  { layer: bilinear, widths: [3], opaque: true },
  { layer: add(), widths: [3, 3] },
  { layer: add(), widths: [2, 2, 2] },
  { layer: multiply(), widths: [3, 3] },
  { layer: multiply(), widths: [2, 2, 2] },
  { layer: concatenate(), widths: [3, 1] },
  { layer: concatenate(), widths: [1, 2, 3] },
];

for (const one of cases) obeysLayerLaws(one);
