import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { bundle, outPath } from "../support/bundle.ts";

const program = fileURLToPath(new URL("rotating.mjs", import.meta.url));

it("perKey(), keyed() and windows keep nothing of keys that went, however many come", async () => {
  const path = outPath("rotating/rxgrad.js");
  writeFileSync(path, await bundle('export * from "rxgrad"', { external: ["rxjs"] }));
  const dist = pathToFileURL(path).href;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [
      "--expose-gc",
      program,
      "--quiet",
      "--from",
      "200000",
      "--to",
      "250000",
      "--values",
      "20000",
      "--dist",
      dist,
    ],
    { encoding: "utf8" },
  );
  expect(stderr).toBe("");
  expect(status).toBe(0);
  const found = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { readonly workload: string; readonly megabytesGrown: number });
  expect(found.length).toBeGreaterThan(3);
  for (const { workload, megabytesGrown } of found)
    expect(Math.abs(megabytesGrown), workload).toBeLessThan(1);
});
