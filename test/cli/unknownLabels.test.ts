import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cliFolder } from "../support/cli.ts";
import { csvOf, type Penguin, penguins } from "./penguins.ts";

const cli = cliFolder();
const some = penguins.slice(200);
const named = (rows: readonly Penguin[], ...labels: readonly string[]): readonly Penguin[] =>
  rows.map((one, i) => (i > 0 && i <= labels.length ? { ...one, Species: labels[i - 1]! } : one));

beforeAll(async () => {
  const files = {
    "penguins.csv": csvOf(penguins.slice(0, 200)),
    "known.csv": csvOf(some),
    "one.csv": csvOf(named(some, "Dodo")),
    "more.csv": csvOf(named(some, "Dodo", "Moa", "Dodo")),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(cli.path(name), text);
  await cli.run(["train", "penguins.csv", "--target", "Species", "--quiet"]);
});
afterAll(() => cli.remove());

const evaluated = async (name: string) => {
  const { code, stdout, stderr } = await cli.run(["evaluate", "model.safetensors", name, "--json"]);
  return { code, stderr, ...JSON.parse(stdout) };
};

test("rxgrad evaluate counts a label that the model does not know as a wrong answer, and as no class of its own", async () => {
  const known = await evaluated("known.csv");
  expect([known.stderr, known.unknown]).toEqual(["", { rows: 0, labels: [], first: null }]);
  const one = await evaluated("one.csv");
  expect([one.code, one.unknown]).toEqual([0, { rows: 1, labels: ["Dodo"], first: "one.csv:3" }]);
  expect(one.stderr).toBe('rxgrad: 1 row has a label that the model does not know, "Dodo": one.csv:3\n');
  const [a, b] = [known.scores, one.scores];
  expect(b.rows).toBe(a.rows);
  const scored = a.rows - 1; // baselines know nothing of the first
  const wrong = (a.metrics.accuracy.model - b.metrics.accuracy.model) * scored;
  expect(wrong).toBeCloseTo(1, 9);
  expect(b.metrics.kappa.model).toBeLessThan(a.metrics.kappa.model);
  expect(Math.abs(b.metrics["balanced accuracy"].model - a.metrics["balanced accuracy"].model)).toBeLessThan(
    0.01,
  );
});

test("rxgrad evaluate tells in lines of rows with labels that the model does not know", async () => {
  const { code, stdout, stderr } = await cli.run(["evaluate", "model.safetensors", "more.csv"]);
  expect(code).toBe(0);
  expect(stderr).toBe(
    'rxgrad: 3 rows have labels that the model does not know, "Dodo", "Moa"; the first is more.csv:3\n',
  );
  expect(stdout).toMatch(
    /\nOf these, 3 with labels that the model does not know: wrong for accuracy and\nkappa, left out of balanced accuracy and log loss\.\n$/,
  );
});

test("rxgrad train tells of labels that are held out alone", async () => {
  const rows = Array.from(
    { length: 40 },
    (_, i) => `${i % 7},${i === 3 ? "rare" : i % 2 ? "odd" : "even"}\n`,
  );
  writeFileSync(cli.path("rare.csv"), `x,y\n${rows.join("")}`);
  const held: string[] = [];
  for (const seed of ["0", "1", "2", "3", "4", "5", "6", "7"]) {
    const options = ["--target", "y", "--validation", "0.5", "--seed", seed];
    held.push((await cli.run(["train", "rare.csv", ...options])).stderr);
  }
  expect(new Set(held)).toEqual(
    new Set(["", 'rxgrad: 1 row has a label that the model does not know, "rare": rare.csv:5\n']),
  );
});
