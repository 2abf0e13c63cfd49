import { readFileSync, writeFileSync } from "node:fs";
import { tableFromArrays, tableToIPC } from "apache-arrow";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeAll, expect, test } from "vitest";
import { learnerOf } from "../../src/cli/learnerOf.ts";
import { cliFolder } from "../support/cli.ts";
import { csvOf, names, type Penguin, penguins } from "./penguins.ts";

const cli = cliFolder();
let plain = "";
const ndjson = penguins.map((one) => `${JSON.stringify(one)}\n`).join("");
const columns = names.map((name) => ({ name, data: penguins.map((one) => one[name] ?? null) }));

beforeAll(async () => {
  writeFileSync(cli.path("penguins.csv"), csvOf(penguins));
  const { code, stderr } = await cli.run(["train", "penguins.csv", "--target", "Species", "--quiet"]);
  expect([code, stderr]).toEqual([0, ""]);
  plain = (await cli.run(["predict", "model.safetensors", "penguins.csv"])).stdout;
});
afterAll(() => cli.remove());

const predictions = async (...args: readonly string[]): Promise<readonly string[]> => {
  const { code, stdout, stderr } = await cli.run(["predict", ...args]);
  expect([code, stderr]).toEqual([0, ""]);
  return stdout.trimEnd().split("\n");
};

test("rxgrad train tells how each row was predicted before it was learned, beside baselines", async () => {
  const { code, stdout, stderr } = await cli.run(["train", "penguins.csv", "--target", "Species"]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout.split("\n").every((line) => line.length <= 80)).toBe(true);
  const [, model, usual] = /^accuracy +(0\.\d+) +(0\.\d+)/m.exec(stdout)!.map(Number);
  expect(model).toBeGreaterThan(0.9);
  expect(usual).toBeLessThan(0.5);
  expect(stdout).toMatch(
    /^penguins\.csv: classification of Species, from\n {2}categories +Island, Sex\n {2}numbers/,
  );
  expect(stdout).toMatch(/\nmodel\.safetensors: \d+ bytes\n$/);
});

test("rxgrad predict says what the learner said before it was saved", async () => {
  const { stdout } = await cli.run([
    "train",
    "penguins.csv",
    "--target",
    "Species",
    "--json",
    "--model",
    "own.safetensors",
  ]);
  const learner = learnerOf(JSON.parse(stdout).recipe);
  const event = ({ Species: _, ...others }: Penguin) =>
    Object.fromEntries(Object.entries(others).map(([name, value]) => [name, value ?? undefined]));
  for (const one of penguins) learner.learn(event(one), one.Species!);
  const own = penguins.map((one) => {
    const answer = learner.predict(event(one));
    return "probabilities" in answer && `${answer.label},${answer.probabilities.get(answer.label!)}`;
  });
  expect(await predictions("own.safetensors", "penguins.csv")).toEqual(["prediction,probability", ...own]);
  learner.close();
});

const written: Readonly<Record<string, () => string | Buffer>> = {
  "plain.csv": () => csvOf(penguins),
  "semicolons.csv": () => csvOf(penguins, { delimiter: ";" }),
  "tabs.tsv": () => csvOf(penguins, { delimiter: "\t" }),
  "bars.txt": () => csvOf(penguins, { delimiter: "|" }),
  "quotes.csv": () => csvOf(penguins, { quote: true }),
  "bom-and-crlf.csv": () => `\ufeff${csvOf(penguins, { newline: "\r\n" })}`,
  "words-for-nothing.csv": () => csvOf(penguins, { missing: "NA" }),
  "penguins.ndjson": () => ndjson,
  "bom.ndjson": () => `\ufeff${ndjson}`,
  "penguins.json": () => JSON.stringify(penguins),
  "penguins.parquet": () => Buffer.from(parquetWriteBuffer({ columnData: columns as never })),
  "penguins.arrow": () =>
    Buffer.from(
      tableToIPC(tableFromArrays(Object.fromEntries(columns.map(({ name, data }) => [name, data]))), "file"),
    ),
  "penguins.arrows": () =>
    Buffer.from(
      tableToIPC(tableFromArrays(Object.fromEntries(columns.map(({ name, data }) => [name, data])))),
    ),
};

test.each(Object.keys(written))(
  "rxgrad learns %s like the plain table, and predicts it from a pipe",
  async (name) => {
    writeFileSync(cli.path(name), written[name]!());
    const model = `${name}.safetensors`;
    const trained = await cli.run(["train", name, "--target", "Species", "--model", model, "--quiet"]);
    expect(trained).toEqual({ code: 0, stdout: "", stderr: "" });
    const { code, stdout, stderr } = await cli.run(["predict", model, "-"], written[name]!());
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(plain);
  },
);

test("rxgrad train learns from a pipe what it learns from a file", async () => {
  for (const name of [
    "plain.csv",
    "penguins.ndjson",
    "penguins.parquet",
    "penguins.arrow",
    "penguins.arrows",
  ]) {
    const trained = await cli.run(
      ["train", "-", "--target", "Species", "--model", "piped.safetensors"],
      written[name]!(),
    );
    expect(trained).toMatchObject({ code: 0, stderr: "" });
    expect(
      readFileSync(cli.path("piped.safetensors")).equals(readFileSync(cli.path("model.safetensors"))),
    ).toBe(true);
  }
});

test("rxgrad train answers in the words of the table, and in true and false where those are the words", async () => {
  const rows = (yes: string, no: string): string =>
    `x,y\n${Array.from({ length: 60 }, (_, i) => `${i % 7},${i % 7 > 3 ? yes : no}\n`).join("")}`;
  for (const [[yes, no], expected] of [
    [
      ["yes", "no"],
      ["yes", "no"],
    ],
    [
      ["Y", "N"],
      ["Y", "N"],
    ],
    [
      ["True", "False"],
      ["true", "false"],
    ],
  ] as const) {
    writeFileSync(cli.path("words.csv"), rows(yes, no));
    await cli.run(["train", "words.csv", "--target", "y", "--model", "words.safetensors", "--quiet"]);
    const [, ...lines] = await predictions("words.safetensors", "words.csv");
    expect([...new Set(lines.map((line) => line.split(",")[0]!))].sort()).toEqual([...expected].sort());
  }
  const told = ["--types", "y=boolean", "--model", "told.safetensors", "--quiet"];
  writeFileSync(cli.path("words.csv"), rows("yes", "no"));
  await cli.run(["train", "words.csv", "--target", "y", ...told]);
  expect((await predictions("told.safetensors", "words.csv"))[1]).toMatch(/^false,/);
});

test("rxgrad names the columns of a table without names", async () => {
  writeFileSync(cli.path("nameless.csv"), csvOf(penguins, { header: false }));
  const trained = await cli.run([
    "train",
    "nameless.csv",
    "--no-header",
    "--target",
    "column1",
    "--model",
    "n.safetensors",
  ]);
  expect(trained).toMatchObject({ code: 0, stderr: "" });
  expect((await predictions("n.safetensors", "nameless.csv")).length).toBe(345);
});

test("rxgrad evaluate scores a model that learns nothing of it", async () => {
  const run = () => cli.run(["evaluate", "model.safetensors", "penguins.csv", "--json"]);
  const { code, stdout } = await run();
  const { scores } = JSON.parse(stdout);
  expect(code).toBe(0);
  expect(scores.rows).toBe(344);
  expect(scores.metrics.accuracy.model).toBeGreaterThan(0.97);
  expect((await run()).stdout).toBe(stdout);
  const { stdout: table } = await cli.run(["evaluate", "model.safetensors", "penguins.csv"]);
  expect(table).toMatch(
    /^model\.safetensors on 344 rows of penguins\.csv:\n +model {2}most frequent {2}same as last\naccuracy/,
  );
});

test("rxgrad learns numbers, with rows held out, in several epochs", async () => {
  const options = [
    "--target",
    "Body Mass (g)",
    "--model",
    "r.safetensors",
    "--validation",
    "0.2",
    "--epochs",
    "3",
  ];
  const { code, stdout, stderr } = await cli.run(["train", "penguins.csv", ...options, "--json"]);
  expect([code, stderr]).toEqual([0, ""]);
  const { recipe, scores, validation, skipped } = JSON.parse(stdout);
  expect(recipe.task).toBe("regression");
  expect(skipped.unlabelled).toBe(2);
  expect(scores.rows + validation.rows).toBe(342);
  expect(validation.metrics.R2.model).toBeGreaterThan(0.75);
  const [head, first] = await predictions("r.safetensors", "penguins.csv", "--keep", "Species,Island");
  expect(head).toBe("Species,Island,prediction");
  expect(first).toMatch(/^\w+,\w+,\d{4}\.\d+$/);
});

test("rxgrad inspect tells what a model was made of", async () => {
  const { code, stdout } = await cli.run(["inspect", "model.safetensors", "--json"]);
  const { model, parameters, tensors } = JSON.parse(stdout);
  expect(code).toBe(0);
  expect(model).toMatchObject({ task: "classification", learned: 344, target: { name: "Species" }, seed: 0 });
  expect([...model.labels].sort()).toEqual(["Adelie", "Chinstrap", "Gentoo"]);
  expect(model.columns[0]).toEqual({ name: "Island", kind: "category", size: 50 });
  expect(model.plans.linear).toMatch(/^chain\(dense\(/);
  const weights = tensors.filter(({ name }: { name: string }) => !name.startsWith("state."));
  const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
  expect(weights.reduce((sum: number, { shape }: { shape: number[] }) => sum + size(shape), 0)).toBe(
    parameters,
  );
  const { stdout: lines } = await cli.run(["inspect", "model.safetensors"]);
  expect(lines).toMatch(/^learned +344 rows$/m);
  expect(lines).toMatch(/^linear\/dense0\.W +F32 +\d+ × 10$/m);
});

test("rxgrad predict writes JSON, with probabilities and what is kept, and into a file", async () => {
  const options = ["--format", "ndjson", "--probabilities", "--keep", "Island", "--out", "said.ndjson"];
  expect(await cli.run(["predict", "model.safetensors", "penguins.csv", ...options])).toMatchObject({
    code: 0,
    stdout: "",
  });
  const lines = readFileSync(cli.path("said.ndjson"), "utf8").trimEnd().split("\n");
  expect(lines.length).toBe(344);
  const { Island, prediction, probability, probabilities } = JSON.parse(lines[0]!);
  expect(Island).toBe(penguins[0]!.Island);
  expect(probability).toBe(probabilities[prediction]);
  const sum = Object.values<number>(probabilities).reduce((a, b) => a + b, 0);
  expect(sum).toBeCloseTo(1, 9);
});

test("rxgrad gives the same model for the same seed", async () => {
  const trained = async (seed: string) => {
    await cli.run([
      "train",
      "penguins.csv",
      "--target",
      "Species",
      "--seed",
      seed,
      "--model",
      "s.safetensors",
    ]);
    return readFileSync(cli.path("s.safetensors"));
  };
  const first = await trained("7");
  expect(first.equals(await trained("7"))).toBe(true);
  expect(first.equals(await trained("8"))).toBe(false);
});
