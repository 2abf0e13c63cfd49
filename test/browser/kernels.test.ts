import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bundle } from "../support/bundle.ts";
import { needs } from "../support/needs.ts";
import { filesUnder } from "../support/sources.ts";
import { browse, type Chromium, installed } from "./chromium.mjs";
import type { Outcome } from "./vitest.ts";

declare global {
  var runTests: () => Promise<readonly Outcome[]>;
}

/** What needs Node, such as child processes, stays at home. */
const files = filesUnder("test/math/simd", ".test.ts").filter(({ text }) => !text.includes('from "node:'));
const shim = fileURLToPath(new URL("vitest.ts", import.meta.url));
let chromium: Chromium | undefined;

beforeAll(async () => {
  if (!installed) return;
  const program = [
    ...files.map(({ path }) => `import "./${path}";`),
    'import { runTests } from "vitest";',
    "globalThis.runTests = runTests;",
  ].join("\n");
  // package.json says that no file has side effects; a test has nothing else
  const main = await bundle(program, { alias: { vitest: shim }, ignoreAnnotations: true });
  chromium = await browse({ "main.js": main });
});
afterAll(() => chromium?.close());

it("kernels keep their laws in Chromium", { timeout: 300_000 }, async (test) => {
  needs(test, "chromium", installed);
  const broken: string[] = [];
  const page = await chromium!.open((why) => broken.push(why));
  await page.waitForFunction(() => "runTests" in globalThis);
  const outcomes = await page.evaluate(() => globalThis.runTests());
  console.log(`${outcomes.length} tests of the kernels in Chromium ${chromium!.version}`);
  expect(outcomes.filter(({ error }) => error !== undefined)).toEqual([]);
  expect(broken).toEqual([]);
  expect(outcomes.length).toBeGreaterThanOrEqual(files.length);
});

it("float32 models run on the SIMD kernels in Chromium", async (test) => {
  needs(test, "chromium", installed);
  const code =
    'import { dense, model } from "rxgrad";\nglobalThis.kernels = model(dense(2, 1), { precision: "float32" }).weights.kernels.name;';
  const own = await browse({ "main.js": await bundle(code) });
  try {
    const page = await own.open();
    expect(await page.evaluate("globalThis.kernels")).toBe("simd");
  } finally {
    await own.close();
  }
});
