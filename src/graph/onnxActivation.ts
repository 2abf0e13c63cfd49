import type { Call, Said } from "../formats/callOf.ts";
import type { OnnxBuilder } from "./onnxBuilder.ts";

type Writer = (b: OnnxBuilder, x: string, call: Call) => string;

const float = (value: Said | undefined): { readonly float: number } => ({ float: value as number });

/** What ONNX calls it, when it has it as it is. */
const as =
  (op: string): Writer =>
  (b, x) =>
    b.op(op, [x]);

const softplusOf: Writer = as("Softplus");

/** x·Φ(x), which is an operator from opset 20 on, and made of smaller ones before. */
const gelu: Writer = (b, x, { options }) => {
  const { op, number } = b;
  const tanh = options.approximate === "tanh";
  if (b.opset >= 20 && !tanh) return op("Gelu", [x]);
  const half = (phi: string) => op("Mul", [op("Mul", [x, number(0.5)]), op("Add", [phi, number(1)])]);
  if (!tanh) return half(op("Erf", [op("Mul", [x, number(Math.SQRT1_2)])]));
  const cube = op("Mul", [op("Mul", [x, x]), x]);
  const inner = op("Add", [x, op("Mul", [cube, number(0.044715)])]);
  return half(op("Tanh", [op("Mul", [inner, number(Math.sqrt(2 / Math.PI))])]));
};

const writers: Readonly<Record<string, Writer>> = {
  linear: (_, x) => x,
  relu: as("Relu"),
  leakyRelu: (b, x, { args: [slope] }) => b.op("LeakyRelu", [x], { alpha: float(slope) }),
  elu: (b, x, { args: [alpha] }) => b.op("Elu", [x], { alpha: float(alpha) }),
  selu: (b, x) => b.op("Selu", [x], { alpha: float(1.6732632423543772), gamma: float(1.0507009873554805) }),
  gelu,
  silu: (b, x) => b.op("Mul", [x, b.op("Sigmoid", [x])]),
  mish: (b, x, call) => b.op("Mul", [x, b.op("Tanh", [softplusOf(b, x, call)])]),
  softplus: softplusOf,
  softsign: as("Softsign"),
  tanh: as("Tanh"),
  sigmoid: as("Sigmoid"),
  hardSigmoid: (b, x) => b.op("HardSigmoid", [x], { alpha: float(1 / 6), beta: float(0.5) }),
  softmax: (b, x) => b.op("Softmax", [x], { axis: -1 }),
  logSoftmax: (b, x) => b.op("LogSoftmax", [x], { axis: -1 }),
};

/** How an activation is written in operators of ONNX, along the last axis; undefined for what is none of ours. */
export const onnxActivation = (name: string): Writer | undefined =>
  Object.hasOwn(writers, name) ? writers[name] : undefined;
