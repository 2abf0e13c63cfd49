import type { Tensor } from "../formats/tensor.ts";
import type { OnnxAttribute, OnnxNode } from "../formats/writeOnnx.ts";
import type { Precision } from "../math/matrix.ts";

/** An ONNX graph that grows: values go by names. */
export interface OnnxBuilder {
  readonly opset: number;
  readonly precision: Precision;
  /** Adds an operator with one output, and gives the name of that; a further output is asked for by `at`. */
  op(
    op: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, OnnxAttribute>>,
    at?: number,
  ): string;
  /** The name of numbers in the precision of the graph; a matrix of a name that is there already is that one, so that what is shared is written once. */
  floats(name: string, shape: readonly number[], data: () => ArrayLike<number>): string;
  /** The name of whole numbers, such as a shape. */
  ints(...values: readonly number[]): string;
  /** The name of a single number. */
  number(value: number): string;
  readonly nodes: readonly OnnxNode[];
  readonly constants: ReadonlyMap<string, Tensor>;
}

/** An empty graph. */
export const onnxBuilder = (opset: number, precision: Precision): OnnxBuilder => {
  const nodes: OnnxNode[] = [];
  const constants = new Map<string, Tensor>();
  const keep = (name: string, tensor: () => Tensor): string => {
    if (!constants.has(name)) constants.set(name, tensor());
    return name;
  };
  const Numbers = precision === "float64" ? Float64Array : Float32Array;
  const floats: OnnxBuilder["floats"] = (name, shape, data) =>
    keep(name, () => ({ shape, data: Numbers.from(data()) }));
  return {
    opset,
    precision,
    op: (op, inputs, attributes = {}, at = 0) => {
      const name = `${op.toLowerCase()}_${nodes.length}`;
      nodes.push({ op, inputs, outputs: [...Array<string>(at).fill(""), name], attributes });
      return name;
    },
    floats,
    ints: (...values) =>
      keep(`ints_${values.join("_")}`, () => ({
        shape: [values.length],
        data: BigInt64Array.from(values, BigInt),
      })),
    number: (value) => floats(`number_${value}`, [], () => [value]),
    nodes,
    constants,
  };
};
