import { callOf } from "../formats/callOf.ts";
import { writeOnnx } from "../formats/writeOnnx.ts";
import { type ActivationName, activationOf } from "../layers/activation.ts";
import { invalid, knownOptions } from "../math/invalid.ts";
import type { Precision } from "../math/matrix.ts";
import type { Model } from "./model.ts";
import { onnxActivation } from "./onnxActivation.ts";
import { onnxBuilder } from "./onnxBuilder.ts";
import { onnxLayer } from "./onnxLayer.ts";

export interface ToOnnxOptions {
  /** The name of the graph: "rxgrad", unless told otherwise. */
  readonly name?: string;
  /** 17 … 21; the lowest that has all that the model needs, unless told otherwise: 17, and 20 for a GELU in float32. */
  readonly opset?: number;
  /** Of the numbers, those that go in and out and all between; that of the model, unless told otherwise. */
  readonly precision?: Precision;
  /** A text for those who open the file. */
  readonly doc?: string;
  /** What answers are made of outputs, when the loss has done so until now: "softmax" or "sigmoid" for one with `fromLogits`. */
  readonly answer?: ActivationName;
}

const actor = "toOnnx()";

/**
 * A model as the bytes of an ONNX file, for runtimes of other languages: as it predicts, for batches of any size. Its input is named
 * `input`, its output `output`. In float64 it is made of operators that ONNX Runtime has in double precision. The file is a copy: what
 * the model learns afterwards is not in it.
 * @throws InvalidInputError for layers that ONNX has no operators for, naming them: layers of one's own, and those that carry a state
 * from batch to batch.
 * @throws RangeError for a model of 2 GiB and more, which ONNX keeps in several files.
 * @example await writeFile("model.onnx", toOnnx(net));
 */
export const toOnnx = (model: Model, options: ToOnnxOptions = {}): Uint8Array<ArrayBuffer> => {
  knownOptions(actor, options, ["name", "opset", "precision", "doc", "answer"]);
  const { nodes, weights, inputs = "inputs", outputs = "outputs" } = model;
  const { name = "rxgrad", precision = weights.kernels.precision, doc, answer } = options;
  if (precision !== "float32" && precision !== "float64")
    throw invalid(actor, '"float32" or "float64" as precision', String(precision));
  const answering = answer === undefined ? undefined : activationOf(answer, actor).source;
  const hasGelu = [...nodes.map(({ layer }) => layer.source), answering].some((one) =>
    /\bgelu\(\)/.test(one ?? ""),
  );
  const { opset = hasGelu && precision === "float32" ? 20 : 17 } = options;
  if (!Number.isInteger(opset) || opset < 17 || opset > 21)
    throw invalid(actor, "a whole number from 17 to 21 as opset", String(opset));
  const size = (weights.values.cols + weights.buffers.cols) * (precision === "float64" ? 8 : 4);
  if (size >= 2 ** 31) throw new RangeError(`${actor} expects a model of less than 2 GiB, got ${size} bytes`);
  const b = onnxBuilder(opset, precision);
  const outs: string[] = [];
  for (const { layer, reads } of nodes)
    outs.push(
      onnxLayer(
        actor,
        b,
        layer,
        weights.of(layer),
        reads.map((i) => (i < 0 ? "input" : outs[i]!)),
      ),
    );
  let last = outs.at(-1) ?? "input";
  if (answering !== undefined) {
    const call = callOf(actor, answering);
    last = onnxActivation(call.name, precision)!(b, last, call);
  }
  if (last === "input") last = b.op("Identity", [last]);
  const renamed = (one: string): string => (one === last ? "output" : one);
  return writeOnnx({
    name,
    ...(doc === undefined ? {} : { doc }),
    opset,
    precision,
    nodes: b.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(renamed),
      outputs: node.outputs.map(renamed),
    })),
    constants: b.constants,
    input: { name: "input", shape: ["batch", inputs] },
    output: { name: "output", shape: ["batch", outputs] },
  });
};
