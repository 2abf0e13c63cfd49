import { invalid, inWords } from "../math/invalid.ts";
import type { Model } from "./model.ts";

/** A model, or several by name: what is saved and loaded together. */
export type SavedModels = Model | Readonly<Record<string, Model>>;

/** What besides models keeps a state: a scaler, a memory, a classifier. With a setter it is assigned, else changed in place. */
export type Stateful = { readonly state: unknown };

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
    if (typeof part !== "object" || part === null || !("state" in part))
      throw invalid(actor, `an object with its state, such as scaler(), as ${name}`, inWords(part));
  return list;
};

const isModel = (value: unknown): value is Model =>
  typeof value === "object" && value !== null && "weights" in value && "plan" in value && "predict" in value;
