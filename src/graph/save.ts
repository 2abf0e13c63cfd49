import { encodeState } from "../formats/encodeState.ts";
import { currentVersion, poolPrefix, stateName, tensorName } from "../formats/savedNames.ts";
import { seal, unsealed } from "../formats/seal.ts";
import type { Tensor } from "../formats/tensor.ts";
import { writeSafetensors } from "../formats/writeSafetensors.ts";
import { knownOptions } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import { partStates } from "./partStates.ts";
import { fieldsOf, modelsOf, partsOf, type SavedModels, type Stateful } from "./savedModels.ts";

export interface SaveOptions {
  /** What else has a state: scalers, memories, vocabularies, held folds, by names of your choice. */
  readonly parts?: Readonly<Record<string, Stateful>>;
  /** How far the source has been learned from; plain data. */
  readonly position?: unknown;
}

const actor = "save()";

/**
 * All of a model as bytes, in the safetensors format: weights and buffers by their names, and in JSON its plan, the random state of
 * its layers, and the states of what is at work on it, which are the rules and the metrics of running trainings. A copy, taken at once.
 * Between two batches, such as in a subscriber to steps, it is that of the batch learned last.
 * @throws Error for a state that is no plain data.
 * @example const bytes = save(net, { parts: { inputs }, position: 1000 });
 */
export const save = (models: SavedModels, options: SaveOptions = {}): Uint8Array<ArrayBuffer> => {
  knownOptions(actor, options, ["parts", "position"]);
  const { parts = {}, position } = options;
  const tensors: [string, Tensor][] = [];
  const described = modelsOf(actor, models).map(([name, { plan, weights }]) => {
    const put = (own: string, { rows, cols, data }: Matrix): void => {
      tensors.push([tensorName(name, own), { shape: [rows, cols], data }]);
    };
    for (const { name, value } of weights.parameters) put(name, value);
    for (const layer of weights.layers)
      for (const [key, buffer] of Object.entries(layer.buffers)) put(`${layer.name}.${key}`, buffer);
    const { precision } = weights.kernels;
    const random = new Map(weights.layers.map((layer) => [layer.name, layer.random.state]));
    return [name, { plan: plan.source, precision, random, parts: partStates(weights.parts) }] as const;
  });
  const { json, pools } = encodeState(actor, {
    models: new Map(described),
    parts: new Map(partsOf(actor, parts).map(([name, part]) => [name, fieldsOf(part)])),
    position,
  });
  const text = new TextEncoder().encode(json);
  tensors.push([stateName, { shape: [text.length], data: text }]);
  for (const [dtype, data] of pools) tensors.push([poolPrefix + dtype, { shape: [data.length], data }]);
  return seal(writeSafetensors(tensors, { ...unsealed, format: "rxgrad", version: String(currentVersion) }));
};
