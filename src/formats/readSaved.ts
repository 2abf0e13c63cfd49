import { invalid, inWords, whole } from "../math/invalid.ts";
import { decodeState } from "./decodeState.ts";
import { isPlain } from "./plainData.ts";
import { readSafetensors, type SafetensorsLimits } from "./readSafetensors.ts";
import { currentVersion, poolPrefix, stateName } from "./savedNames.ts";
import { checkSeal } from "./seal.ts";
import type { StoredTensor, TensorData } from "./tensor.ts";

/** What a file of a model may be at most. */
export interface SavedLimits extends SafetensorsLimits {
  /** Bytes of the JSON in it: 64 MiB, unless told otherwise. */
  readonly maxState?: number;
}

/** Something that was at work on a model, and the state in which it was. */
export interface SavedPart {
  readonly source: string;
  readonly state: unknown;
}

/** What a file says of one model besides its numbers. */
export interface SavedModel {
  readonly plan: string;
  readonly precision: string;
  /** The random state of each layer, by its name. */
  readonly random: ReadonlyMap<string, unknown>;
  readonly parts: readonly SavedPart[];
}

/** A file of models as it stands, before it is compared with any model. */
export interface Saved {
  readonly version: number;
  readonly models: ReadonlyMap<string, SavedModel>;
  readonly parts: ReadonlyMap<string, unknown>;
  readonly position: unknown;
  /** Weights and buffers. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/**
 * Reads what `save` has written, in this version of the format or an earlier one.
 * @throws InvalidInputError for everything else.
 */
export const readSaved = (actor: string, bytes: Uint8Array, limits: SavedLimits = {}): Saved => {
  const { maxState = 2 ** 26, ...others } = limits;
  whole(actor, "maxState", maxState);
  const { tensors, metadata } = readSafetensors(bytes, others);
  if (metadata.get("format") !== "rxgrad")
    throw invalid(actor, "a file that save() has written", inWords(metadata.get("format")));
  const version = Number(metadata.get("version"));
  if (!Number.isSafeInteger(version) || version < 1 || version > currentVersion)
    throw invalid(actor, `a file of version 1 to ${currentVersion}`, inWords(metadata.get("version")));
  if (version > 1 || metadata.has("checksum")) checkSeal(actor, bytes, metadata.get("checksum"));
  const pools = new Map<string, TensorData>();
  const rest = new Map<string, StoredTensor>();
  for (const [name, tensor] of tensors)
    if (name.startsWith(poolPrefix)) {
      const dtype = name.slice(poolPrefix.length);
      if (dtype !== tensor.dtype) throw invalid(actor, `${dtype} in ${name}`, tensor.dtype);
      pools.set(dtype, tensor.data);
    } else if (name !== stateName) rest.set(name, tensor);
  const json = tensors.get(stateName)?.data;
  if (!(json instanceof Uint8Array)) throw invalid(actor, `bytes as ${stateName}`, "none");
  if (json.length > maxState) throw invalid(actor, `at most ${maxState} bytes of state`, String(json.length));
  return { version, ...documentOf(actor, decodeState(actor, textOf(actor, json), pools)), tensors: rest };
};

const textOf = (actor: string, bytes: Uint8Array): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalid(actor, `UTF-8 as ${stateName}`, "other bytes");
  }
};

const documentOf = (actor: string, document: unknown): Pick<Saved, "models" | "parts" | "position"> => {
  const { models, parts, position } = fieldsOf(actor, "state", document, ["models", "parts", "position"]);
  return {
    models: new Map(
      Array.from(mapOf(actor, "models", models), ([name, model]) => [name, modelOf(actor, name, model)]),
    ),
    parts: mapOf(actor, "parts", parts),
    position,
  };
};

const modelOf = (actor: string, name: string, value: unknown): SavedModel => {
  const what = `model ${JSON.stringify(name)}`;
  const fields = fieldsOf(actor, what, value, ["plan", "precision", "random", "parts"]);
  const { plan, precision, random, parts } = fields;
  if (typeof plan !== "string" || typeof precision !== "string")
    throw invalid(actor, `a plan and a precision in ${what}`, inWords(plan));
  if (!Array.isArray(parts)) throw invalid(actor, `a list of parts in ${what}`, inWords(parts));
  return {
    plan,
    precision,
    random: mapOf(actor, `random of ${what}`, random),
    parts: parts.map((part, i) => {
      const { source, state } = fieldsOf(actor, `part ${i} of ${what}`, part, ["source", "state"]);
      if (typeof source !== "string")
        throw invalid(actor, `a source of part ${i} of ${what}`, inWords(source));
      return { source, state };
    }),
  };
};

const fieldsOf = (
  actor: string,
  what: string,
  value: unknown,
  names: readonly string[],
): Readonly<Record<string, unknown>> => {
  if (
    isPlain(value) &&
    Object.keys(value).length === names.length &&
    names.every((n) => Object.hasOwn(value, n))
  )
    return value;
  throw invalid(
    actor,
    `${names.join(", ")} as ${what}`,
    isPlain(value) ? Object.keys(value).join(", ") : inWords(value),
  );
};

const mapOf = (actor: string, what: string, value: unknown): ReadonlyMap<string, unknown> => {
  if (value instanceof Map && [...value.keys()].every((key) => typeof key === "string")) return value;
  throw invalid(actor, `a map by names as ${what}`, inWords(value));
};
