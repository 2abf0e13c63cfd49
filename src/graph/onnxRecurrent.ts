import { invalid } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import type { OnnxSite } from "./onnxSite.ts";

/** Where ONNX has its gates among ours: z r n of r z n, and i o f c of i f g o. */
const orders: Readonly<Record<string, readonly number[]>> = { gru: [1, 0, 2], lstm: [0, 3, 1, 2] };

/** Ours holds the gates side by side; ONNX wants each transposed, one below another, in an order of its own. */
const reordered = ({ rows, cols, data }: Matrix, units: number, order: readonly number[]): Float32Array => {
  const to = new Float32Array(rows * cols);
  order.forEach((gate, g) => {
    for (let j = 0; j < units; j++)
      for (let i = 0; i < rows; i++) to[(g * units + j) * rows + i] = data[i * cols + gate * units + j]!;
  });
  return to;
};

/**
 * Writes a GRU or an LSTM; of a GRU with linear_before_reset, which is PyTorch's form.
 * @throws InvalidInputError for one that carries its state from batch to batch, since a file has nowhere to keep it.
 */
export const onnxRecurrent = ({ b, call, x, own }: OnnxSite, actor: string): string => {
  const [inputs, units] = call.args as readonly [number, number];
  const { steps, returnSequences = false, stateful = false } = call.options;
  if (stateful)
    throw invalid(actor, "no state from batch to batch, which a file cannot keep", "stateful: true");
  const { name } = call;
  const order = orders[name]!;
  const wide = order.length * units;
  const at = (key: string): Matrix => own.parameters[key]!.value;
  const part = (key: string, cols: number): string =>
    b.floats(`${own.name}.${key}`, [1, wide, cols], () => reordered(at(key), units, order));
  const bias = b.floats(`${own.name}.b`, [1, 2 * wide], () => [
    ...reordered(at("b_ih"), units, order),
    ...reordered(at("b_hh"), units, order),
  ]);
  const bySteps = b.op("Reshape", [x[0]!, b.ints(-1, steps as number, inputs)]);
  const y = b.op(
    name.toUpperCase(),
    [b.op("Transpose", [bySteps], { perm: [1, 0, 2] }), part("W_ih", inputs), part("W_hh", units), bias],
    { hidden_size: units, ...(name === "gru" ? { linear_before_reset: 1 } : {}) },
    returnSequences ? 0 : 1,
  );
  if (!returnSequences) return b.op("Reshape", [y, b.ints(-1, units)]);
  return b.op("Reshape", [
    b.op("Transpose", [y], { perm: [2, 0, 1, 3] }), // steps × 1 × batch × units
    b.ints(-1, (steps as number) * units),
  ]);
};
