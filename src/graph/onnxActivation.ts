import type { Call, Said } from "../formats/callOf.ts";
import { invalid } from "../math/invalid.ts";
import type { Precision } from "../math/matrix.ts";
import { onnxDoubleActivations } from "./onnxDoubleActivations.ts";
import { onnxNormalCdf } from "./onnxNormalCdf.ts";
import type { OnnxActivation, OnnxSite } from "./onnxSite.ts";

const float = (value: Said | undefined): { readonly float: number } => ({ float: value as number });

/** What ONNX calls it, when it has it as it is. */
const as =
  (op: string): OnnxActivation =>
  (b, x) =>
    b.op(op, [x]);

const softplusOf: OnnxActivation = as("Softplus");

/** x·Φ(x), which is an operator from opset 20 on, and made of smaller ones before. */
const gelu: OnnxActivation = (b, x, { options }) => {
  const { op, number } = b;
  const tanh = options.approximate === "tanh";
  if (b.precision === "float64" && !tanh) return op("Mul", [x, onnxNormalCdf(b, x)]);
  if (b.opset >= 20 && !tanh) return op("Gelu", [x]);
  const half = (phi: string) => op("Mul", [op("Mul", [x, number(0.5)]), op("Add", [phi, number(1)])]);
  if (!tanh) return half(op("Erf", [op("Mul", [x, number(Math.SQRT1_2)])]));
  const cube = op("Mul", [op("Mul", [x, x]), x]);
  const inner = op("Add", [x, op("Mul", [cube, number(0.044715)])]);
  return half(op("Tanh", [op("Mul", [inner, number(Math.sqrt(2 / Math.PI))])]));
};

const single: Readonly<Record<string, OnnxActivation>> = {
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

const writers: Readonly<Record<Precision, Readonly<Record<string, OnnxActivation>>>> = {
  float32: single,
  float64: { ...single, ...onnxDoubleActivations },
};

/** How an activation is written in operators of ONNX, along the last axis; undefined for what is none of ours. */
export const onnxActivation = (name: string, precision: Precision): OnnxActivation | undefined =>
  Object.hasOwn(writers[precision], name) ? writers[precision][name] : undefined;

/** Writes what a dense layer or a convolution applies to its output. */
export const activated = ({ b, call }: OnnxSite, actor: string, z: string): string => {
  const f = call.options.activation as Call | undefined;
  if (f === undefined) return z;
  const write = onnxActivation(f.name, b.precision);
  if (!write) throw invalid(actor, "activations that ONNX has", `${f.name}() in ${call.name}`);
  return write(b, z, f);
};
