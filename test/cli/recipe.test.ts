import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { learnerOf } from "../../src/cli/learnerOf.ts";
import { openModel, partsOf } from "../../src/cli/openModel.ts";
import { type Recipe, recipeOf } from "../../src/cli/recipe.ts";
import { save } from "../../src/graph/save.ts";

const dir = mkdtempSync(join(tmpdir(), "rxgrad-recipe-"));
afterAll(() => rmSync(dir, { recursive: true }));

const recipe: Recipe = {
  version: 1,
  task: "classification",
  target: { name: "y", kind: "category" },
  columns: [
    { name: "a", kind: "number", size: 0 },
    { name: "b", kind: "category", size: 3 },
  ],
  time: null,
  classes: 4,
  seed: 0,
};

test("recipeOf() takes a recipe that went through JSON", () => {
  expect(recipeOf("m", JSON.parse(JSON.stringify(recipe)))).toEqual(recipe);
});

test.each([
  ["nothing", undefined],
  ["a list", []],
  ["another version", { ...recipe, version: 2 }],
  ["a field more", { ...recipe, more: 1 }],
  ["another task", { ...recipe, task: "art" }],
  ["no columns", { ...recipe, columns: [] }],
  ["a column of no kind", { ...recipe, columns: [{ name: "a", kind: "constructor", size: 0 }] }],
  ["a column of no size", { ...recipe, columns: [{ name: "a", kind: "category", size: 0 }] }],
  ["a column that is too large", { ...recipe, columns: [{ name: "a", kind: "text", size: 2 ** 30 }] }],
  ["a column twice", { ...recipe, columns: [recipe.columns[0], recipe.columns[0]] }],
  ["the target among the columns", { ...recipe, target: { name: "a", kind: "number" } }],
  ["words for a regression", { ...recipe, task: "regression" }],
  ["too many classes", { ...recipe, classes: 1e9 }],
  ["a seed that is none", { ...recipe, seed: 0.5 }],
  ["a time that is no name", { ...recipe, time: 7 }],
])("recipeOf() refuses %s", (_, value) => {
  expect(() => recipeOf("m.safetensors", value)).toThrow(
    /^m\.safetensors is no model that rxgrad can use: its recipe expects /,
  );
});

test("openModel() refuses a recipe that is larger than the model beside it", () => {
  const model = { recipe, learner: learnerOf(recipe), learned: { rows: 0 } };
  const path = join(dir, "m.safetensors");
  const written = (own: Recipe) =>
    writeFileSync(path, save(model.learner.models, { parts: partsOf({ ...model, recipe: own }) }));
  written(recipe);
  expect(openModel(path).recipe).toEqual(recipe);
  const columns = Array.from({ length: 1000 }, (_, i) => ({
    name: `t${i}`,
    kind: "text" as const,
    size: 2 ** 18,
  }));
  written({ ...recipe, columns });
  expect(() => openModel(path)).toThrow(`${path} is damaged: its recipe is of a larger model than it holds`);
  written({ ...recipe, columns: [recipe.columns[0]!] });
  expect(() => openModel(path)).toThrow(/is damaged, or no model: load\(\) expects/);
});

test("openModel() refuses files of models that rxgrad train has not written", () => {
  const { models } = learnerOf(recipe);
  const path = join(dir, "other.safetensors");
  writeFileSync(path, save(models, { parts: { mine: { state: 1 } } }));
  expect(() => openModel(path)).toThrow(
    `${path} was not written by rxgrad train; rxgrad inspect shows what it holds`,
  );
});
