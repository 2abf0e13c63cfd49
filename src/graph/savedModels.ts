import { isPlain } from "../formats/plainData.ts";
import { invalid, inWords } from "../math/invalid.ts";
import type { Model } from "./model.ts";

/** A model, or several by name: what is saved and loaded together. */
export type SavedModels = Model | Readonly<Record<string, Model>>;

/** What besides models keeps a state that can be read, and assigned to go on from: a scaler, a held fold, the `live` of a replay. */
export interface Stateful {
  state: unknown;
}

/** Each model with its name, that of an only one empty. @throws InvalidInputError for what is no model. */
export const modelsOf = (actor: string, models: SavedModels): readonly (readonly [string, Model])[] => {
  const list = isModel(models) ? [["", models] as const] : Object.entries(models ?? {});
  for (const [name, one] of list)
    if (!isModel(one)) throw invalid(actor, "a model, or models by name", `${inWords(one)} as ${name}`);
  if (list.length === 0) throw invalid(actor, "a model, or models by name", inWords(models));
  return list;
};

/** Each part with its name. @throws InvalidInputError for what has no state. */
export const partsOf = (
  actor: string,
  parts: Readonly<Record<string, Stateful>>,
): readonly (readonly [string, Stateful])[] => {
  const list = Object.entries(parts);
  for (const [name, part] of list)
    if (typeof part !== "object" || part === null || !isAssignable(part))
      throw invalid(
        actor,
        `an object whose state can be assigned, such as scaler(), as ${name}`,
        inWords(part),
      );
  return list;
};

/** What is kept of a part: its state, or all fields of one that has nothing but fields, such as the `live` of a replay. */
export const fieldsOf = (part: Stateful): Readonly<Record<string, unknown>> =>
  isRecord(part) ? { ...part } : { state: part.state };

/** Whether a part is an object of fields alone, none of them a function. */
export const isRecord = (part: object): boolean =>
  isPlain(part) &&
  Object.values(Object.getOwnPropertyDescriptors(part)).every(
    (own) => "value" in own && typeof own.value !== "function",
  );

const isAssignable = (part: object): boolean => {
  for (let at: object | null = part; at; at = Object.getPrototypeOf(at)) {
    const own = Object.getOwnPropertyDescriptor(at, "state");
    if (own) return own.writable === true || own.set !== undefined;
  }
  return false;
};

const isModel = (value: unknown): value is Model =>
  typeof value === "object" && value !== null && "weights" in value && "plan" in value && "predict" in value;
