import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { bundle, outPath } from "../support/bundle.ts";

const program = fileURLToPath(new URL("memory.mjs", import.meta.url));

it("train() keeps nothing of the batches that it has learned from, and asks for no major collection", async () => {
  const path = outPath("memory/rxgrad.js");
  writeFileSync(path, await bundle('export * from "rxgrad"', { external: ["rxjs"] }));
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--expose-gc", program, "--steps", "200000", "--dist", pathToFileURL(path).href],
    { encoding: "utf8" },
  );
  expect(stderr).toBe("");
  expect(status).toBe(0);
  const { megabytesGrown, majorCollections } = JSON.parse(stdout) as Record<string, number>;
  expect(megabytesGrown).toBeLessThan(1);
  expect(majorCollections).toBe(0);
});
