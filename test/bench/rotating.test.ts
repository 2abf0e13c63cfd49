import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { bundle, outPath } from "../support/bundle.ts";

const program = fileURLToPath(new URL("rotating.mjs", import.meta.url));

interface Found {
  readonly workload: string;
  readonly megabytesGrown: number;
}

const run = async (...more: string[]) => {
  const path = outPath("rotating/rxgrad.js");
  writeFileSync(path, await bundle('export * from "rxgrad"', { external: ["rxjs"] }));
  const sizes = ["--from", "200000", "--to", "250000", "--values", "20000"];
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--expose-gc", program, "--quiet", ...sizes, "--dist", pathToFileURL(path).href, ...more],
    { encoding: "utf8" },
  );
  const lines = stdout.trim().split("\n");
  return { found: lines.map((line) => JSON.parse(line) as Found), stderr, status };
};

it("perKey(), keyed(), windows, vocabularies and joins keep nothing of keys that went, however many come", async () => {
  const { found, stderr, status } = await run();
  expect(stderr).toBe("");
  expect(status).toBe(0);
  expect(found.length).toBeGreaterThan(3);
  for (const { workload, megabytesGrown } of found)
    expect(Math.abs(megabytesGrown), workload).toBeLessThan(1);
}, 240_000);

it("rotating.mjs finds what does keep them", async () => {
  const { found, stderr, status } = await run("--leak", "--only", "the last event of each");
  expect(status).toBe(1);
  expect(stderr).toContain("the last event of each keeps memory");
  expect(found).toHaveLength(1);
  expect(found[0]!.megabytesGrown).toBeGreaterThan(1);
});
