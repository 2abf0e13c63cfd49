import { setField } from "../formats/plainData.ts";
import { checkState } from "../formats/putState.ts";
import { readSaved, type Saved, type SavedLimits, type SavedModel } from "../formats/readSaved.ts";
import { tensorName } from "../formats/savedNames.ts";
import { fault, invalid, inWords, knownOptions } from "../math/invalid.ts";
import type { Matrix } from "../math/matrix.ts";
import type { Model } from "./model.ts";
import { checkParts, putParts } from "./partStates.ts";
import { fieldsOf, isRecord, modelsOf, partsOf, type SavedModels, type Stateful } from "./savedModels.ts";

export interface LoadOptions extends SavedLimits {
  /** Those that were saved, by the same names. */
  readonly parts?: Readonly<Record<string, Stateful>>;
  /** Takes weights and buffers alone: rules, metrics and parts begin anew, and so may be others. */
  readonly weightsOnly?: boolean;
}

/** What a file says besides states. */
export interface Loaded {
  /** The position that it was saved with. */
  readonly position: unknown;
  /** The version of the format. */
  readonly version: number;
}

const actor = "load()";

/**
 * Brings a model of the same plan, and parts of the same names, to what {@link save} has kept. Training that starts afterwards goes
 * on with the saved states of its rule and its metrics; training at work takes them up at once. Files may come from anywhere: they
 * are checked as a whole before anything changes, and hold nothing that could run.
 * @throws InvalidInputError for a file that is larger than the limits, damaged, or of something else; everything is as it was then.
 * @throws Error while a batch is in flight.
 * @example
 * const net = model(plan, { seed: 1 });
 * const { position } = load(net, bytes, { parts: { inputs } });
 */
export const load = (models: SavedModels, bytes: Uint8Array, options: LoadOptions = {}): Loaded => {
  const { parts = {}, weightsOnly = false, ...limits } = options;
  knownOptions(actor, options, ["parts", "weightsOnly", "maxBytes", "maxHeader", "maxTensors", "maxState"]);
  const own = modelsOf(actor, models);
  const others = weightsOnly ? [] : partsOf(actor, parts);
  if (own.some(([, { busy }]) => busy)) throw fault(actor, "no batch in flight", "one");
  const saved = readSaved(actor, bytes, limits);
  sameNames("models", own, saved.models);
  if (!weightsOnly) sameNames("parts", others, saved.parts);
  const puts = own.map(([name, model]) => checkedModel(name, model, saved, weightsOnly));
  const found = puts.reduce((sum, { tensors }) => sum + tensors, 0);
  if (saved.tensors.size !== found)
    throw invalid(actor, `${found} tensors of weights and buffers`, String(saved.tensors.size));
  for (const [name, part] of others) checkPart(name, part, saved.parts.get(name));
  // nothing is refused from here on
  for (const [name, part] of others)
    for (const [key, value] of Object.entries(saved.parts.get(name) as object)) setField(part, key, value);
  for (const { put } of puts) put();
  return { position: saved.position, version: saved.version };
};

const sameNames = (
  what: string,
  own: readonly (readonly [string, unknown])[],
  saved: ReadonlyMap<string, unknown>,
): void => {
  if (own.length === saved.size && own.every(([name]) => saved.has(name))) return;
  const inList = (names: Iterable<string>) => [...names].map((name) => name || "one").join(", ") || "none";
  throw invalid(actor, `the ${what} that were saved (${inList(saved.keys())})`, inList(own.map(([n]) => n)));
};

/** Of what is more than its fields, only the state may be assigned. */
const checkPart = (name: string, part: Stateful, saved: unknown): void => {
  checkState(actor, `part ${name}`, fieldsOf(part), saved);
  const other = Object.keys(saved as object).find((key) => key !== "state");
  if (other !== undefined && !isRecord(part)) throw invalid(actor, `the state of part ${name} alone`, other);
};

interface Checked {
  readonly tensors: number;
  put(): void;
}

const checkedModel = (
  name: string,
  { plan, weights }: Model,
  saved: Saved,
  weightsOnly: boolean,
): Checked => {
  const one = saved.models.get(name) as SavedModel;
  const { precision } = weights.kernels;
  if (one.plan !== plan.source) throw invalid(actor, plan.source, one.plan);
  if (one.precision !== precision) throw invalid(actor, `numbers in ${precision}`, one.precision);
  const matrices: (readonly [string, Matrix])[] = [
    ...weights.parameters.map(({ name, value }) => [name, value] as const),
    ...weights.layers.flatMap((layer) =>
      Object.entries(layer.buffers).map(([key, buffer]) => [`${layer.name}.${key}`, buffer] as const),
    ),
  ];
  const contents = matrices.map(([own, m]) => [m, contentOf(saved, tensorName(name, own), m)] as const);
  const randoms = weights.layers.map(({ name, random }) => {
    const state = one.random.get(name);
    if (state instanceof Uint32Array && state.length === random.state.length) return [random, state] as const;
    throw invalid(actor, `${random.state.length} integers as random state of ${name}`, inWords(state));
  });
  if (!weightsOnly) checkParts(actor, weights.parts, one.parts);
  return {
    tensors: matrices.length,
    put: () => {
      for (const [{ data }, content] of contents) data.set(content);
      if (weightsOnly) return;
      for (const [random, state] of randoms) random.state.set(state);
      putParts(actor, weights.parts, one.parts);
    },
  };
};

/** The numbers of a tensor that is like a matrix. */
const contentOf = ({ tensors }: Saved, name: string, { rows, cols, data }: Matrix): typeof data => {
  const tensor = tensors.get(name);
  const expected = `${rows} × ${cols} numbers as ${name}`;
  if (!tensor) throw invalid(actor, expected, "none");
  if (tensor.shape.length !== 2 || tensor.shape[0] !== rows || tensor.shape[1] !== cols)
    throw invalid(actor, expected, tensor.shape.join(" × "));
  if (tensor.data.constructor !== data.constructor) throw invalid(actor, expected, tensor.dtype);
  const content = tensor.data as typeof data;
  const bad = content.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw invalid(actor, `finite numbers as ${name}`, String(content[bad]));
  return content;
};
