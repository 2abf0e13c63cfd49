import { invalid } from "../math/invalid.ts";
import type { OnnxBuilder } from "./onnxBuilder.ts";
import type { OnnxSite } from "./onnxSite.ts";

/** What a cell keeps: h, which is its output, and the cell state of an LSTM. */
interface Kept {
  readonly h: string;
  readonly c: string;
}

/** One step of a cell, from what the gates get of the input and of the output before. */
type Step = (b: OnnxBuilder, units: number, ofInput: string, ofState: string, kept: Kept) => Kept;

const columns = ({ op, ints }: OnnxBuilder, x: string, from: number, to: number): string =>
  op("Slice", [x, ints(from), ints(to), ints(1)]);

/** r, z = σ(…); n = tanh(gi + r ∘ gh); h′ = (1 − z) ∘ n + z ∘ h. */
const gru: Step = (b, u, gi, gh, { h, c }) => {
  const { op, number } = b;
  const gates = op("Sigmoid", [op("Add", [columns(b, gi, 0, 2 * u), columns(b, gh, 0, 2 * u)])]);
  const [r, z] = [columns(b, gates, 0, u), columns(b, gates, u, 2 * u)];
  const state = op("Mul", [r, columns(b, gh, 2 * u, 3 * u)]);
  const n = op("Tanh", [op("Add", [columns(b, gi, 2 * u, 3 * u), state])]);
  const fresh = op("Mul", [op("Sub", [number(1), z]), n]);
  return { h: op("Add", [fresh, op("Mul", [z, h])]), c };
};

/** i, f, o = σ(…); g = tanh(…); c′ = f ∘ c + i ∘ g; h′ = o ∘ tanh c′. */
const lstm: Step = (b, u, gi, gh, { c }) => {
  const { op } = b;
  const sums = op("Add", [gi, gh]);
  const gate = (at: number, f: "Sigmoid" | "Tanh"): string => op(f, [columns(b, sums, at * u, (at + 1) * u)]);
  const [i, f, g, o] = [gate(0, "Sigmoid"), gate(1, "Sigmoid"), gate(2, "Tanh"), gate(3, "Sigmoid")];
  const next = op("Add", [op("Mul", [f, c]), op("Mul", [i, g])]);
  return { h: op("Mul", [o, op("Tanh", [next])]), c: next };
};

/**
 * Writes a GRU or an LSTM step by step, as the formulas say; its weights are as they are stored.
 * @throws InvalidInputError for one that carries its state from batch to batch, since a file has nowhere to keep it.
 */
export const onnxUnrolled = ({ b, call, x, own, weight }: OnnxSite, actor: string): string => {
  const [inputs, units] = call.args as readonly [number, number];
  const { steps, returnSequences = false, stateful = false } = call.options;
  if (stateful)
    throw invalid(actor, "no state from batch to batch, which a file cannot keep", "stateful: true");
  const product = (key: string): string => {
    const { rows, cols, data } = own.parameters[key]!.value;
    return b.floats(`${own.name}.${key}`, [rows, cols], () => data);
  };
  const [Wi, Wh, bi, bh] = [product("W_ih"), product("W_hh"), weight("b_ih"), weight("b_hh")];
  const nothing = b.floats(`zeros_${units}`, [1, units], () => new Float64Array(units));
  const step = call.name === "gru" ? gru : lstm;
  const outputs: string[] = [];
  let kept: Kept = { h: nothing, c: nothing };
  for (let t = 0; t < (steps as number); t++) {
    const gi = b.op("Gemm", [columns(b, x[0]!, t * inputs, (t + 1) * inputs), Wi, bi]);
    kept = step(b, units, gi, b.op("Gemm", [kept.h, Wh, bh]), kept);
    outputs.push(kept.h);
  }
  return returnSequences ? b.op("Concat", outputs, { axis: 1 }) : kept.h;
};
