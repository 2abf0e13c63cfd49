import * as rxgrad from "rxgrad";
import { expect, it } from "vitest";
import { codeOf, fileAt, filesUnder } from "../support/sources.ts";

const synthetic = filesUnder("src/streams", ".ts")
  .filter(({ text }) => text.includes('from "./synthetic.ts"'))
  .map(({ path }) => path.replace(/^.*\/|\.ts$/g, ""));

/** What is exported from these folders but is no member of the family, and so obeys other laws. */
const others: Readonly<Record<string, readonly string[]>> = {
  layers: [],
  losses: [],
  optimizers: ["defineSchedule"],
  features: ["features", "classes", "defineField", "murmurHash3"], // of fields, for labels, and what fields are made of
  folds: ["holding", "scaler", "readingOf", "intervalAround", "setOf"], // they hold or use a fold
  // sources, places, and no streams at all; test/streams/synthetic.test.ts has the laws of those made from a seed
  streams: [
    "epochs",
    "paced",
    "learner",
    "poolLearner",
    "serving",
    "onlineClassifier",
    "onlineRegressor",
    "grid",
    "split",
    "fromPull",
    "quarantine",
    "guard",
    ...["alertOnly", "raiseRate", "resetOptimizer", "restart", "swapBackground"], // policies: parts of adapting
    ...synthetic,
  ],
};

/** The functions of a folder that make a member of its family: public, and named as their file. */
const membersOf = (folder: string): readonly string[] =>
  filesUnder(`src/${folder}`, ".ts")
    .map(({ path }) => path.replace(/^.*\/|\.ts$/g, ""))
    .filter((name) => name in rxgrad && !others[folder]!.includes(name));

const mentions = (text: string, name: string): boolean =>
  new RegExp(`(?<![\\w$.])${name}(?:\\(|,|: )`).test(codeOf(text));

const lists: Readonly<Record<string, readonly string[]>> = {
  layers: ["test/layers/laws.test.ts"],
  losses: ["test/losses/members.ts"],
  optimizers: ["test/optimizers/members.ts", "test/optimizers/rates.test.ts"],
  features: ["test/features/laws.test.ts"],
  folds: [
    "test/folds/laws.test.ts",
    "test/folds/metricLaws.test.ts",
    "test/folds/formLaws.test.ts",
    "test/folds/memoryLaws.test.ts",
    "test/folds/uncertaintyLaws.test.ts",
  ],
};

it.each(Object.entries(lists))("every member of %s stands in the list of its law suite", (folder, files) => {
  const text = files.map((path) => fileAt(path).text.replace(/^import[^;]*;$/gm, "")).join("\n");
  expect(membersOf(folder).length).toBeGreaterThan(5);
  expect(membersOf(folder).filter((name) => !mentions(text, name))).toEqual([]);
});

it("every operator obeys the laws of operators", () => {
  const tests = [...filesUnder("test/streams", ".test.ts"), ...filesUnder("test/graph", ".test.ts")];
  const lawful = tests.flatMap(({ text }) =>
    [...text.matchAll(/^operatorLaws(?:<[^(]*>)?\("(\w+)/gm)].map(([, name]) => name!),
  );
  expect([...membersOf("streams"), "optimize"].filter((name) => !lawful.includes(name))).toEqual([]);
});

it("every synthetic stream obeys the laws of synthetic streams", () => {
  const { text } = fileAt("test/streams/synthetic.test.ts");
  expect(synthetic.length).toBeGreaterThan(5);
  expect(synthetic.filter((name) => !text.includes(`"${name}()": (o) => ${name}(`))).toEqual([]);
});
