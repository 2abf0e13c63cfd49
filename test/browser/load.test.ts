import { adam, categoricalCrossentropy, learner, matrix, model, random, save, scaler } from "rxgrad";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bundle } from "../support/bundle.ts";
import { needs } from "../support/needs.ts";
import { browse, type Chromium, installed } from "./chromium.mjs";
import { plan } from "./fixtures/saved.ts";

let chromium: Chromium | undefined;

beforeAll(async () => {
  if (!installed) return;
  const main = await bundle('import "./test/browser/fixtures/load.ts";', { ignoreAnnotations: true });
  chromium = await browse({ "main.js": main });
});
afterAll(() => chromium?.close());

const rng = random(7);
const rowOf = (): number[] => Array.from({ length: 6 }, () => 3 * rng.normal() + 1);

/** A model that has learned in Node, with its inputs scaled. */
const trained = () => {
  const net = model(plan(), { seed: 1, numerics: "reproducible" });
  const inputs = scaler();
  const learning = learner(net, { loss: categoricalCrossentropy(), optimizer: adam(0.01) });
  for (let i = 0; i < 200; i++) {
    const rows = Array.from({ length: 4 }, rowOf);
    for (const row of rows) inputs.learn(row);
    const x = inputs.transform(matrix(rows));
    learning.learnBatch({
      x,
      y: matrix(rows.map(([a]) => (a! > 2 ? [1, 0, 0] : a! > 0 ? [0, 1, 0] : [0, 0, 1]))),
    });
  }
  return { net, inputs };
};

it("load() on a page answers bit by bit as the model that was saved in Node", {
  timeout: 20_000,
}, async (test) => {
  needs(test, "chromium", installed);
  const { net, inputs } = trained();
  const bytes = Array.from(save(net, { parts: { inputs } }));
  const rows = Array.from({ length: 50 }, rowOf);
  const expected = rows.map((row) => Array.from(net.predict(inputs.transform(matrix([row]))).data));
  expect(new Set(expected.map((p) => p.indexOf(Math.max(...p)))).size).toBe(3); // it says something

  const page = await chromium!.open();
  await page.waitForFunction(() => "answersOf" in globalThis);
  const there = await page.evaluate(([b, r]) => answersOf(b, r), [bytes, rows] as const);
  expect(there).toEqual(expected);

  bytes[bytes.length - 5]! ^= 1;
  expect(await page.evaluate((b) => refusalOf(b), bytes)).toMatch(/^load\(\) expects checksum \w+, got \w+$/);
});
