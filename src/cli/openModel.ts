import { readFileSync, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { isPlain } from "../formats/plainData.ts";
import { readSaved } from "../formats/readSaved.ts";
import { load } from "../graph/load.ts";
import { type SaveOptions, save } from "../graph/save.ts";
import { isInvalidInput } from "../math/invalid.ts";
import { writeAtomically } from "../node/writeAtomically.ts";
import { failure } from "./failure.ts";
import { type Learner, learnerOf } from "./learnerOf.ts";
import { type Recipe, recipeOf } from "./recipe.ts";

/** How far a learner has come. */
export interface Learned {
  /** Rows that it was taught. */
  rows: number;
}

/** A learner with all that its file says of it. */
export interface OpenModel {
  readonly recipe: Recipe;
  readonly learner: Learner;
  readonly learned: Learned;
}

type Parts = NonNullable<SaveOptions["parts"]>;

/** What goes into the file beside the models, by name; `more` is for what else a server keeps. */
export const partsOf = ({ recipe, learner, learned }: OpenModel, more: Parts = {}): Parts => ({
  learner: learner.part,
  recipe: { state: recipe },
  learned: { state: learned },
  ...more,
});

/** Writes the file of a model, whole or not at all. */
export const writeModel = async (path: string, model: OpenModel): Promise<number> => {
  const bytes = save(model.learner.models, { parts: partsOf(model), position: model.learned.rows });
  try {
    await writeAtomically(dirname(resolve(path)), basename(path), bytes);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "its folder does not exist" : message;
    throw failure(`${path} could not be written: ${why}`, { cause: error });
  }
  return bytes.length;
};

/** The bytes of a file that may be a model. @throws Failure for a file that is too large. */
export const readModelBytes = (path: string): Uint8Array => {
  const stats = statSync(path);
  if (stats.isDirectory()) throw failure(`${path}: a folder, where a file is expected`);
  const { size } = stats;
  if (size > 2 ** 30) throw failure(`${path} has ${size} bytes, and models have 1 GiB at most`);
  return readFileSync(path);
};

/** Builds the learner that a file describes, and brings it to what it had learned. @throws Failure */
export const openModel = (
  path: string,
  bytes: Uint8Array = readModelBytes(path),
  more: Parts = {},
): OpenModel => {
  try {
    const saved = readSaved("rxgrad", bytes);
    const stateOf = (name: string): unknown => {
      const part = saved.parts.get(name);
      return isPlain(part) ? part.state : undefined;
    };
    if (!saved.parts.has("recipe"))
      throw failure(`${path} was not written by rxgrad train; rxgrad inspect shows what it holds`);
    const recipe = recipeOf(path, stateOf("recipe"));
    const inputs = recipe.columns.reduce((sum, { size }) => sum + Math.max(1, size), 0);
    // what is built must not be larger than what is there: each input has a weight for each class
    if (4 * inputs * recipe.classes > bytes.length)
      throw failure(`${path} is damaged: its recipe is of a larger model than it holds`);
    const learned = learnedOf(path, stateOf("learned"));
    const opened = { recipe, learner: learnerOf(recipe), learned };
    const others = Object.fromEntries(Object.entries(more).filter(([name]) => saved.parts.has(name)));
    // what a server keeps for itself is of no use elsewhere
    const waiting =
      saved.parts.has("waiting") && !("waiting" in more) ? { waiting: { state: undefined } } : {};
    load(opened.learner.models, bytes, { parts: { ...partsOf(opened, others), ...waiting } });
    return opened;
  } catch (error) {
    if (!isInvalidInput(error)) throw error;
    const hint = "rxgrad train writes models, as .safetensors";
    throw failure(`${path} is damaged, or no model: ${error.message}; ${hint}`, { cause: error });
  }
};

const learnedOf = (path: string, value: unknown): Learned => {
  const rows = isPlain(value) ? value.rows : undefined;
  if (!Number.isSafeInteger(rows) || (rows as number) < 0)
    throw failure(`${path} is damaged: it does not say how many rows it has learned`);
  return { rows: rows as number };
};
