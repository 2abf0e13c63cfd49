import { type Call, callOf } from "../formats/callOf.ts";
import { invalid } from "../math/invalid.ts";
import type { Matrix, Precision } from "../math/matrix.ts";
import { activated, onnxActivation } from "./onnxActivation.ts";
import type { OnnxBuilder } from "./onnxBuilder.ts";
import { onnxDoubleLayers } from "./onnxDoubleLayers.ts";
import { onnxRecurrent } from "./onnxRecurrent.ts";
import type { OnnxSite, OnnxWriter } from "./onnxSite.ts";
import type { LayerWeights } from "./weights.ts";

const dense: OnnxWriter = (site, actor) => {
  const { b, x, weight, own } = site;
  const product = own.parameters.b
    ? b.op("Gemm", [x[0]!, weight("W"), weight("b")])
    : b.op("MatMul", [x[0]!, weight("W")]);
  return activated(site, actor, product);
};

/** ONNX goes over batch × channels × steps, with W of filters × inputs × kernelSize. */
const conv1d: OnnxWriter = (site, actor) => {
  const { b, call, x, own } = site;
  const [inputs, filters] = call.args as [number, number];
  const { steps, kernelSize: k, dilation = 1 } = call.options as Readonly<Record<string, number>>;
  const { data } = own.parameters.W!.value;
  const W = b.floats(`${own.name}.W`, [filters, inputs, k!], () =>
    Float32Array.from({ length: filters * inputs * k! }, (_, i) => {
      const [m, c, j] = [Math.floor(i / (inputs * k!)), Math.floor(i / k!) % inputs, i % k!];
      return data[(j * inputs + c) * filters + m]!;
    }),
  );
  const bias = own.parameters.b;
  const bs = bias ? [b.floats(`${own.name}.b`, [filters], () => bias.value.data)] : [];
  const bySteps = b.op("Reshape", [x[0]!, b.ints(-1, steps!, inputs)]);
  const y = b.op("Conv", [b.op("Transpose", [bySteps], { perm: [0, 2, 1] }), W, ...bs], {
    dilations: [dilation],
    kernel_shape: [k!],
    pads: [(k! - 1) * dilation, 0],
  });
  const z = activated(site, actor, b.op("Transpose", [y], { perm: [0, 2, 1] }));
  return b.op("Reshape", [z, b.ints(-1, steps! * filters)]);
};

const slice = ({ b, x }: OnnxSite, from: number, to: number): string =>
  b.op("Slice", [x[0]!, b.ints(from), b.ints(to), b.ints(1)]);

const epsilonOf = ({ options: { epsilon = 1e-5 } }: Call): { readonly float: number } => ({
  float: epsilon as number,
});

/** Σ αₗ·fₗ as a product with α along the diagonals. */
const hedgedHeads: OnnxWriter = ({ b, call, x, own }) => {
  const [heads, outputs] = call.args as [number, number];
  const { data: alpha } = own.buffers.alpha as Matrix;
  const mixing = b.floats(`${own.name}.alpha`, [heads * outputs, outputs], () =>
    Array.from({ length: heads * outputs * outputs }, (_, i) => {
      const [row, j] = [Math.floor(i / outputs), i % outputs];
      return row % outputs === j ? alpha[Math.floor(row / outputs)]! : 0;
    }),
  );
  return b.op("MatMul", [x[0]!, mixing]);
};

const single: Readonly<Record<string, OnnxWriter>> = {
  dense,
  conv1d,
  hedgedHeads,
  gru: onnxRecurrent,
  lstm: onnxRecurrent,
  dropout: ({ x }) => x[0]!,
  mapGradient: ({ x }) => x[0]!,
  layerNorm: ({ b, call, x, weight }) =>
    b.op("LayerNormalization", [x[0]!, weight("gamma"), weight("beta")], {
      axis: -1,
      epsilon: epsilonOf(call),
    }),
  batchNorm: ({ b, call, x, weight }) =>
    b.op("BatchNormalization", [x[0]!, ...["gamma", "beta", "mean", "variance"].map(weight)], {
      epsilon: epsilonOf(call),
    }),
  embedding: ({ b, x, weight }) => {
    const rows = b.op("Gather", [weight("W"), b.op("Cast", [x[0]!], { to: 7 })], { axis: 0 });
    return b.op("Flatten", [rows], { axis: 1 });
  },
  columns: (site) => slice(site, ...(site.call.args as readonly [number, number])),
  lastStep: (site) => {
    const [steps, width] = site.call.args as readonly [number, number];
    return slice(site, (steps - 1) * width, steps * width);
  },
  concatenate: ({ b, x }) => b.op("Concat", x, { axis: 1 }),
  add: ({ b, x }) => b.op("Sum", x),
  multiply: ({ b, x }) => x.reduce((product, one) => b.op("Mul", [product, one])),
};

const writers: Readonly<Record<Precision, Readonly<Record<string, OnnxWriter>>>> = {
  float32: single,
  float64: { ...single, ...onnxDoubleLayers },
};

/**
 * Writes a layer in operators of ONNX, and gives the name of its output.
 * @throws InvalidInputError for one that is none of ours.
 */
export const onnxLayer = (
  actor: string,
  b: OnnxBuilder,
  { type, source, parameters }: { type: string; source: string; parameters: object },
  own: LayerWeights,
  x: readonly string[],
): string => {
  const activation = Object.keys(parameters).length === 0 ? onnxActivation(type, b.precision) : undefined;
  const write = Object.hasOwn(writers[b.precision], type) ? writers[b.precision][type] : undefined;
  if (!activation && !write)
    throw invalid(actor, "layers that ONNX has operators for", `${source} (${own.name})`);
  const call: Call = type === "mapGradient" ? { name: type, args: [], options: {} } : callOf(actor, source);
  if (activation) return activation(b, x[0]!, call);
  const weight = (key: string): string => {
    const { rows, cols, data } = own.parameters[key]?.value ?? own.buffers[key]!;
    const shape =
      type === "dense" && key === "W" ? [rows, cols] : type === "embedding" ? [rows, cols] : [cols];
    return b.floats(`${own.name}.${key}`, shape, () => data);
  };
  return write!({ b, call, x, weight, own }, `${actor} of ${own.name}`);
};
