import type { Said } from "../formats/callOf.ts";
import type { OnnxBuilder } from "./onnxBuilder.ts";
import type { OnnxActivation } from "./onnxSite.ts";

/** Above 0 and below it. */
const halves = ({ op, number }: OnnxBuilder, x: string): readonly [string, string] => [
  op("Max", [x, number(0)]),
  op("Min", [x, number(0)]),
];

const scaled = ({ op, number }: OnnxBuilder, x: string, by: Said | undefined): string =>
  op("Mul", [x, number(by as number)]);

/** eˣ − 1 for x ≤ 0, as tanh(x/2)·(eˣ + 1), which loses no digits near 0. */
const expm1 = (b: OnnxBuilder, x: string): string =>
  b.op("Mul", [b.op("Tanh", [scaled(b, x, 0.5)]), b.op("Add", [b.op("Exp", [x]), b.number(1)])]);

/** ln(1 + e) for e from 0 to 1, as ln u + (e − (u − 1))/u: what rounding took from u = 1 + e is given back. */
const log1p = ({ op, number }: OnnxBuilder, e: string): string => {
  const u = op("Add", [e, number(1)]);
  const lost = op("Sub", [e, op("Sub", [u, number(1)])]);
  return op("Add", [op("Log", [u]), op("Div", [lost, u])]);
};

const softplus: OnnxActivation = (b, x) => {
  const [above] = halves(b, x);
  return b.op("Add", [above, log1p(b, b.op("Exp", [b.op("Neg", [b.op("Abs", [x])])]))]);
};

const λ = 1.0507009873554805;
const α = 1.6732632423543772;

/** The activations of whose operators ONNX Runtime has none in double precision, made of smaller ones that it has. */
export const onnxDoubleActivations: Readonly<Record<string, OnnxActivation>> = {
  leakyRelu: (b, x, { args: [slope] }) => {
    const [above, below] = halves(b, x);
    return b.op("Add", [above, scaled(b, below, slope)]);
  },
  elu: (b, x, { args: [alpha] }) => {
    const [above, below] = halves(b, x);
    return b.op("Add", [above, scaled(b, expm1(b, below), alpha)]);
  },
  selu: (b, x) => {
    const [above, below] = halves(b, x);
    return b.op("Add", [scaled(b, above, λ), scaled(b, expm1(b, below), λ * α)]);
  },
  // Not as a product with a sigmoid, which ONNX Runtime makes a QuickGelu of that it has in float32 alone.
  silu: ({ op, number }, x) => op("Div", [x, op("Add", [op("Exp", [op("Neg", [x])]), number(1)])]),
  softplus,
  mish: (b, x, call) => b.op("Mul", [x, b.op("Tanh", [softplus(b, x, call)])]),
  softsign: ({ op, number }, x) => op("Div", [x, op("Add", [op("Abs", [x]), number(1)])]),
  // Its quotient stands between a sum and a limit: next to a product, ONNX Runtime makes one of both, with 1/6 in float32.
  hardSigmoid: ({ op, number }, x) =>
    op("Clip", [op("Div", [op("Add", [x, number(3)]), number(6)]), number(0), number(1)]),
};
