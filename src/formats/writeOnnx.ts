import { type Field, joined, protobuf } from "./protobuf.ts";
import type { Tensor, TensorData } from "./tensor.ts";

/** What an attribute of an operator may be: floats are told from whole numbers by how they are wrapped. */
export type OnnxAttribute = number | readonly number[] | { readonly float: number };

/** An operator in an ONNX graph. */
export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/** A graph whose input and output are matrices of one type; a size that is a text is free, and goes by that name. */
export interface OnnxGraph {
  readonly name: string;
  readonly doc?: string;
  readonly opset: number;
  readonly precision: "float32" | "float64";
  readonly nodes: readonly OnnxNode[];
  /** Float32Array, Float64Array or BigInt64Array as data. */
  readonly constants: ReadonlyMap<string, Tensor>;
  readonly input: { readonly name: string; readonly shape: readonly (number | string)[] };
  readonly output: { readonly name: string; readonly shape: readonly (number | string)[] };
}

const { int, float, text, bytes, message } = protobuf;

/** Numbers of the types, as onnx.proto has them. */
const types = { float32: 1, int64: 7, float64: 11 } as const;
const attributeTypes = { float: 1, int: 2, ints: 7 } as const;

/** Which version of the file format came with an opset. */
const irVersion = (opset: number): number => (opset < 19 ? 8 : opset < 21 ? 9 : 10);

/** Writes a graph as the bytes of an ONNX file; field numbers are those of onnx.proto (ONNX, 2017). */
export const writeOnnx = ({
  name,
  doc,
  opset,
  precision,
  nodes,
  constants,
  input,
  output,
}: OnnxGraph): Uint8Array<ArrayBuffer> =>
  joined([
    int(1, irVersion(opset)),
    text(2, "rxgrad"),
    ...(doc === undefined ? [] : [text(6, doc)]),
    message(7, [
      ...nodes.map((node, i) => message(1, nodeOf(node, i))),
      text(2, name),
      ...Array.from(constants, ([own, tensor]) => message(5, tensorOf(own, tensor))),
      message(11, sizedOf(input, types[precision])),
      message(12, sizedOf(output, types[precision])),
    ]),
    message(8, [text(1, ""), int(2, opset)]),
  ]);

const nodeOf = ({ op, inputs, outputs, attributes = {} }: OnnxNode, i: number): readonly Field[] => [
  ...inputs.map((one) => text(1, one)),
  ...outputs.map((one) => text(2, one)),
  text(3, `${op}${i}`),
  text(4, op),
  ...Object.entries(attributes).map(([name, value]) => message(5, [text(1, name), ...attributeOf(value)])),
];

const attributeOf = (value: OnnxAttribute): readonly Field[] => {
  if (typeof value === "number") return [int(3, value), int(20, attributeTypes.int)];
  if ("float" in value) return [float(2, value.float), int(20, attributeTypes.float)];
  return [...value.map((one) => int(8, one)), int(20, attributeTypes.ints)];
};

const typeOf = (data: TensorData): number => {
  if (data instanceof BigInt64Array) return types.int64;
  return data instanceof Float32Array ? types.float32 : types.float64;
};

const tensorOf = (name: string, { shape, data }: Tensor): readonly Field[] => [
  ...shape.map((size) => int(1, size)),
  int(2, typeOf(data)),
  text(8, name),
  bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
];

const sizedOf = ({ name, shape }: OnnxGraph["input"], type: number): readonly Field[] => {
  const sizes = shape.map((size) => message(1, [typeof size === "number" ? int(1, size) : text(2, size)]));
  return [text(1, name), message(2, [message(1, [int(1, type), message(2, sizes)])])];
};
