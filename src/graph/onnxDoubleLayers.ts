import { activated } from "./onnxActivation.ts";
import type { OnnxSite, OnnxWriter } from "./onnxSite.ts";
import { onnxUnrolled } from "./onnxUnrolled.ts";

/** Each tap reads what lies so many steps back: side by side they are the rows of W, which is as it is stored. */
const conv1d: OnnxWriter = (site, actor) => {
  const { b, call, x, own } = site;
  const [inputs, filters] = call.args as readonly [number, number];
  const { steps, kernelSize: k, dilation = 1 } = call.options as Readonly<Record<string, number>>;
  const back = (k! - 1) * dilation;
  const bySteps = b.op("Reshape", [x[0]!, b.ints(-1, steps!, inputs)]);
  const padded = back === 0 ? bySteps : b.op("Pad", [bySteps, b.ints(0, back, 0, 0, 0, 0)]);
  const taps = Array.from({ length: k! }, (_, j) =>
    b.op("Slice", [padded, b.ints(j * dilation), b.ints(j * dilation + steps!), b.ints(1)]),
  );
  const W = b.floats(`${own.name}.W`, [k! * inputs, filters], () => own.parameters.W!.value.data);
  const product = b.op("MatMul", [b.op("Concat", taps, { axis: 2 }), W]);
  const bias = own.parameters.b;
  const z = bias
    ? b.op("Add", [product, b.floats(`${own.name}.b`, [filters], () => bias.value.data)])
    : product;
  return b.op("Reshape", [activated(site, actor, z), b.ints(-1, steps! * filters)]);
};

/** γ ∘ d/√(σ² + ε) + β, in parts since ε as an attribute of an operator would be a float32. */
const normalized = ({ b, call, weight }: OnnxSite, d: string, variance: string): string => {
  const { epsilon = 1e-5 } = call.options;
  const deviation = b.op("Sqrt", [b.op("Add", [variance, b.number(epsilon as number)])]);
  const scaled = b.op("Mul", [b.op("Div", [d, deviation]), weight("gamma")]);
  return b.op("Add", [scaled, weight("beta")]);
};

const layerNorm: OnnxWriter = (site) => {
  const { b, call, x } = site;
  const mean = (one: string): string =>
    b.op("Div", [b.op("ReduceSum", [one, b.ints(-1)]), b.number(call.args[0] as number)]);
  const d = b.op("Sub", [x[0]!, mean(x[0]!)]);
  return normalized(site, d, mean(b.op("Mul", [d, d])));
};

const batchNorm: OnnxWriter = (site) =>
  normalized(site, site.b.op("Sub", [site.x[0]!, site.weight("mean")]), site.weight("variance"));

/** The layers of whose operators ONNX Runtime has none in double precision, or rounded ones, made of smaller ones. */
export const onnxDoubleLayers: Readonly<Record<string, OnnxWriter>> = {
  conv1d,
  layerNorm,
  batchNorm,
  gru: onnxUnrolled,
  lstm: onnxUnrolled,
};
