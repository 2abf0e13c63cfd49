import { kerasTopology } from "../formats/kerasTopology.ts";
import { kerasTensors, kerasWeights } from "../formats/kerasWeights.ts";
import { strictJson } from "../formats/strictJson.ts";
import type { Tensor } from "../formats/tensor.ts";
import { field, untrusted } from "../formats/untrusted.ts";
import { finite, invalid, inWords, knownOptions, whole } from "../math/invalid.ts";
import { kerasPlan } from "./kerasPlan.ts";
import type { ConvertedLayer, KerasWeight } from "./kerasSite.ts";
import { type Model, type ModelOptions, model } from "./model.ts";
import type { Plan } from "./plan.ts";
import type { LayerWeights } from "./weights.ts";

export interface FromKerasOptions extends ModelOptions {
  /** The shape of a row, [columns] or [steps, columns], where the file leaves it open. */
  readonly inputShape?: readonly number[];
  /** Bytes of the JSON: 16 MiB, unless told otherwise. */
  readonly maxJson?: number;
  /** Bytes of the weights: 1 GiB, unless told otherwise. */
  readonly maxBytes?: number;
}

/** What a file of Keras holds. */
export interface FromKeras {
  readonly plan: Plan;
  readonly model: Model;
}

const actor = "fromKeras()";

/**
 * The model in a file of Keras: `model.json` of TensorFlow.js with the bytes of its shards, in the order in which it names them, or
 * the configuration of Keras (`model.to_json()`) with tensors by the names of the weights. Files may come from anywhere: what is
 * allocated stays within a small multiple of what is given, and no name leads to code or a path.
 * @throws InvalidInputError for layers that we do not have, naming them; for weights that are missing, left over, quantized or of
 * other types; and for what is larger than the limits or no such file.
 * @example const { model } = fromKeras(await readFile("model.json"), [await readFile("group1-shard1of1.bin")]);
 */
export const fromKeras = (
  json: string | Uint8Array,
  weights: Uint8Array | readonly Uint8Array[] | ReadonlyMap<string, Tensor>,
  options: FromKerasOptions = {},
): FromKeras => {
  const { inputShape, maxJson = 2 ** 24, maxBytes = 2 ** 30, ...others } = options;
  const own = ["seed", "precision", "numerics", "threads", "kernels"] as const;
  knownOptions(actor, options, ["inputShape", "maxJson", "maxBytes", ...own]);
  finite(actor, "maxJson", maxJson, { min: 2 });
  finite(actor, "maxBytes", maxBytes, { min: 0 });
  for (const [i, size] of (inputShape ?? []).entries()) whole(actor, `inputShape[${i}]`, size);
  const look = untrusted(actor);
  const parsed = look.object("model", strictJson(actor, "model", textOf(json, maxJson), 64));
  const { plan, converted } = kerasPlan(look, kerasTopology(look, parsed), inputShape);
  const tensors = kerasTensors(
    look,
    weights instanceof Map
      ? weights
      : kerasWeights(look, field(parsed, "weightsManifest"), shardsOf(weights, maxBytes)),
  );
  const puts = Array.from(converted, ([{ name }, one]) =>
    one.weights.map((weight) => ({ ...one, weight, data: tensors.take(name, weight.name, weight.shape) })),
  ).flat();
  const left = tensors.leftover();
  if (left.length > 0)
    throw invalid(actor, "a layer for every weight", `${left.slice(0, 20).join(", ")} without`);
  const given = puts.reduce((sum, { data }) => sum + data.length, 0);
  const needed = Array.from(converted.values(), sizeOf).reduce((sum, size) => sum + size, 0);
  if (needed > 8 * given + 2 ** 20) throw invalid(actor, `weights for ${needed} numbers`, String(given));
  const net = model(plan, others);
  for (const { layer, weight, data } of puts) put(net.weights.of(layer), weight, data);
  for (const { layer, weights } of converted.values())
    if (layer.type === "lstm" || layer.type === "gru") clearBiases(net.weights.of(layer), weights);
  return { plan, model: net };
};

/** Numbers that our layer keeps. */
const sizeOf = ({ layer: { parameters, buffers } }: ConvertedLayer): number =>
  [...Object.values(parameters), ...Object.values(buffers)].reduce(
    (sum, { rows, cols }) => sum + rows * cols,
    0,
  );

const textOf = (json: string | Uint8Array, maxJson: number): string => {
  if (typeof json !== "string" && !(json instanceof Uint8Array))
    throw invalid(actor, "a text or bytes as model", inWords(json));
  if (json.length > maxJson) throw invalid(actor, `at most ${maxJson} bytes of JSON`, String(json.length));
  if (typeof json === "string") return json;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(json);
  } catch {
    throw invalid(actor, "JSON in UTF-8", "other bytes");
  }
};

const shardsOf = (weights: unknown, maxBytes: number): readonly Uint8Array[] => {
  const shards: readonly unknown[] = Array.isArray(weights) ? weights : [weights];
  let size = 0;
  for (const shard of shards)
    if (shard instanceof Uint8Array) size += shard.length;
    else throw invalid(actor, "bytes, a list of them, or a map of tensors as weights", inWords(shard));
  if (size > maxBytes) throw invalid(actor, `at most ${maxBytes} bytes of weights`, String(size));
  return shards as readonly Uint8Array[];
};

/** Copies a weight into our parameters, block of columns by block of columns. */
const put = (
  { parameters, buffers }: LayerWeights,
  { to, order }: KerasWeight,
  data: Float32Array | Float64Array,
): void => {
  to.forEach((key, part) => {
    const { rows, cols, data: ours } = parameters[key]?.value ?? buffers[key]!;
    const width = cols / order.length;
    for (let i = 0; i < rows; i++)
      order.forEach((block, g) => {
        for (let j = 0; j < width; j++)
          ours[i * cols + g * width + j] = data[part * rows * cols + i * cols + block * width + j]!;
      });
  });
};

/** Biases that Keras does not have are 0; ours begin otherwise. */
const clearBiases = ({ parameters }: LayerWeights, weights: readonly KerasWeight[]): void => {
  const set = weights.flatMap(({ to }) => to);
  for (const key of ["b_ih", "b_hh"]) if (!set.includes(key)) parameters[key]!.value.data.fill(0);
};
