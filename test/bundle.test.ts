import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import * as rxgrad from "rxgrad";
import { expect, it } from "vitest";
import { bundle, outPath } from "./support/bundle.ts";
import { promised } from "./support/promised.ts";

const kilobytes = async (code: string): Promise<number> =>
  gzipSync(await bundle(code, { minify: true, external: ["rxjs"] }), { level: 9 }).length / 1000;

it("rxgrad's core is less than 60 kB with its kernels, minified and gzipped, beside rxjs", async () => {
  const core = await kilobytes(`export { ${promised.join(", ")} } from "rxgrad"`);
  const all = await kilobytes('export * from "rxgrad"');
  console.log(`rxgrad: ${core.toFixed(1)} kB minified and gzipped, ${all.toFixed(1)} kB with every toolkit`);
  expect(core).toBeLessThan(60);
});

it("rxgrad is less than 45 kB in a program that learns online, with its kernels", async () => {
  const names =
    "accuracy, binaryCrossentropy, chain, dense, minibatch, model, prequential, scaler, sgd, standardize";
  const program = await kilobytes(`export { ${names} } from "rxgrad"`);
  console.log(`a program that learns online: ${program.toFixed(1)} kB`);
  expect(program).toBeLessThan(45);
});

it("rxgrad leaves out what is not imported", async () => {
  const all = await kilobytes('export * from "rxgrad"');
  const one = await kilobytes('export { dense } from "rxgrad"');
  console.log(`dense alone: ${one.toFixed(1)} kB`);
  expect(one).toBeLessThan(all / 3);
  expect(await kilobytes('export { sgd } from "rxgrad"')).toBeLessThan(all / 5);
});

it("rxgrad loads from one file, in a fresh process, with every name", async () => {
  const path = outPath("bundle/rxgrad.js");
  writeFileSync(path, await bundle('export * from "rxgrad"', { external: ["rxjs"] }));
  const program = `await import("rxjs");
    const start = performance.now();
    const names = Object.keys(await import(${JSON.stringify(pathToFileURL(path).href)}));
    console.log(JSON.stringify({ names, took: performance.now() - start }));`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  const { names, took } = JSON.parse(stdout) as { names: string[]; took: number };
  console.log(`imported in ${took.toFixed(1)} ms; \`npm run bench -- --only import\` measures dist`);
  expect(names.sort()).toEqual(Object.keys(rxgrad).sort());
});
