import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { blocksOf } from "./support/blocks.ts";
import { fileAt } from "./support/sources.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const temporary = mkdtempSync(join(tmpdir(), "rxgrad-package-"));
const staged = join(temporary, "staged");
const consumer = join(temporary, "consumer");
const modules = join(root, "node_modules");
let tarball: string;

/** Runs a command, and gives what it printed; fails with that if it fails. */
const run = (cwd: string, command: string, ...args: readonly string[]): Promise<string> =>
  promisify(execFile)(command, args, { cwd, shell: process.platform === "win32" }).then(
    ({ stdout }) => stdout,
    ({ stdout, stderr, message }) => {
      throw new Error(`${message}\n${stdout}\n${stderr}`);
    },
  );
const tool = (cwd: string, path: string, ...args: readonly string[]): Promise<string> =>
  run(cwd, process.execPath, join(modules, path), ...args);

/** The arguments of a call, as a shell takes them: those with spaces stand in double quotes. */
const argumentsOf = (call: string): readonly string[] =>
  [...call.matchAll(/"([^"]*)"|[^\s"]+/g)].map(([whole, quoted]) => quoted ?? whole);

/** Builds into a folder of its own, so that what lies in dist does not matter, then packs and installs that. */
beforeAll(async () => {
  mkdirSync(staged);
  mkdirSync(consumer);
  for (const entry of ["package.json", "README.md", "CHANGELOG.md", "LICENSE", "src", "docs"])
    cpSync(join(root, entry), join(staged, entry), { recursive: true });
  const build = ["-p", join(root, "tsconfig.build.json"), "--outDir", join(staged, "dist")];
  await tool(root, "typescript/bin/tsc", ...build);
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: { bundle: string };
  };
  symlinkSync(modules, join(staged, "node_modules"), "junction"); // for what the build inlines; never packed
  for (const call of scripts.bundle.split("&& esbuild ").slice(1))
    await run(staged, join(modules, ".bin/esbuild"), ...argumentsOf(call));
  const [{ filename }] = JSON.parse(
    await run(staged, "npm", "pack", "--ignore-scripts", "--json", "--pack-destination", temporary),
  );
  tarball = join(temporary, filename);
  const manifest = { name: "consumer", private: true, type: "module" };
  writeFileSync(join(consumer, "package.json"), JSON.stringify(manifest));
  const flags = ["--prefer-offline", "--no-audit", "--no-fund", "--install-links"];
  await run(consumer, "npm", "install", ...flags, tarball, join(modules, "rxjs"));
});

afterAll(() => rmSync(temporary, { recursive: true, force: true }));

it("rxgrad has a tarball of its code, its sources, and its papers", async () => {
  const files = (await run(temporary, "tar", "-tzf", tarball)).trim().split("\n");
  const kinds = new Set(files.map((file) => file.replace(/^package\//, "").replace(/\/.*/, "")));
  expect([...kinds].sort()).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "dist", "package.json", "src"]);
  expect(files).toContain("package/dist/index.d.ts");
});

it("rxgrad has a tarball that publint finds nothing wrong with", async () => {
  const { publint } = await import("publint");
  const { formatMessage } = await import("publint/utils");
  const { readFile } = await import("node:fs/promises");
  const packed = await readFile(tarball);
  const { messages, pkg } = await publint({
    pack: {
      tarball: packed.buffer.slice(packed.byteOffset, packed.byteOffset + packed.length) as ArrayBuffer,
    },
    strict: true,
  });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
});

it("rxgrad has types that resolve, by Are the types wrong?", async () => {
  const report = await tool(
    temporary,
    "@arethetypeswrong/cli/dist/index.js",
    "--profile",
    "esm-only",
    "--format",
    "json",
    tarball,
  );
  const { analysis } = JSON.parse(report);
  const ignored = ["node10", "node16-cjs"]; // as the profile has it: the package is ESM
  const problems = analysis.problems.filter(
    ({ resolutionKind }: { resolutionKind?: string }) => !ignored.includes(resolutionKind ?? ""),
  );
  expect(problems).toEqual([]);
});

it("rxgrad runs the README's ten lines where it is installed", async () => {
  const [block] = blocksOf(fileAt("README.md")).filter(({ language }) => language === "js");
  expect(block!.code.trim().split("\n").length).toBeLessThanOrEqual(12);
  writeFileSync(join(consumer, "ten.js"), block!.code);
  const printed = await run(consumer, process.execPath, "ten.js");
  expect(printed).toMatch(/step 0 .*\n.*step 100 .*\n.*step 200 /);
  const [yes, no] = [...printed.matchAll(/\[ ([\d.e-]+) \]/g)].map(([, p]) => Number(p));
  expect(yes).toBeGreaterThan(0.9);
  expect(no).toBeLessThan(0.1);
});

it("rxgrad/dashboard serves its page where it is installed", async () => {
  const script = `
    import { dashboard } from "rxgrad/dashboard";
    import { Subject } from "rxjs";
    const steps = new Subject();
    const listening = async (url) => {
      const [page, code] = await Promise.all([url, url + "page.js"].map(async (one) => (await fetch(one)).text()));
      console.log(page.includes("page.js"), code.includes("Leon Sorokin"));
      steps.complete();
    };
    steps.pipe(dashboard({ listening })).subscribe();
  `;
  writeFileSync(join(consumer, "page.js"), script);
  expect((await run(consumer, process.execPath, "page.js")).trim()).toBe("true true");
});

it("rxgrad can be required, and resolved", async () => {
  const script = `
    const { model, chain, dense, matrix, toRows } = require("rxgrad");
    const net = model(chain(dense(1, 1)), { seed: 1 });
    console.log(require.resolve("rxgrad").endsWith("index.js"), toRows(net.predict(matrix([[0]]))).length);
  `;
  writeFileSync(join(consumer, "required.cjs"), script);
  expect((await run(consumer, process.execPath, "required.cjs")).trim()).toBe("true 1");
});

it("rxgrad holds the code of MurmurHash3 with its licence, and asks for no package beside RxJS", async () => {
  const built = readFileSync(join(consumer, "node_modules/rxgrad/dist/features/murmurHash3.js"), "utf8");
  expect(built).not.toMatch(/\bimport\b.*murmur-hash/);
  expect(built).toContain("The MIT License");
  const script = `const { murmurHash3 } = await import("rxgrad"); console.log(murmurHash3("hello"));`;
  const printed = await run(consumer, process.execPath, "--input-type=module", "-e", script);
  expect(printed.trim()).toBe("613153351");
  const { packages } = JSON.parse(readFileSync(join(consumer, "package-lock.json"), "utf8"));
  expect(Object.keys(packages).filter((path) => path.includes("murmur"))).toEqual([]);
});

it("rxgrad has a command, which learns and predicts where nothing is installed beside rxjs", async () => {
  writeFileSync(join(consumer, "rows.csv"), "x,y\n1,2\n2,4\n3,6\n4,8\n");
  const command = join(consumer, "node_modules/.bin/rxgrad");
  expect(await run(consumer, command, "train", "rows.csv", "--target", "y")).toContain("regression of y");
  const predicted = await run(consumer, command, "predict", "model.safetensors", "rows.csv");
  expect(predicted.trim().split("\n").length).toBe(5);
});

it("rxgrad compiles in a strict TypeScript project that checks its declarations", async () => {
  writeFileSync(
    join(consumer, "consumer.ts"),
    `
    import { adam, chain, concatenate, dense, meanSquaredError, minibatch, model, parallel, residual, type Step, train } from "rxgrad";
    import { of, type Observable } from "rxjs";
    const plan = chain(dense(2, 4, { activation: "relu" }), residual(dense(4, 4)), parallel(concatenate(), dense(4, 1), dense(4, 1)));
    const steps$: Observable<Step> = of({ x: [1, 2], y: [3, 4] }).pipe(
      minibatch(1),
      train(model(plan), { loss: meanSquaredError(), optimizer: adam(0.1) }),
    );
    steps$.subscribe(({ loss }) => loss.toFixed());
    // @ts-expect-error strings are no samples
    of("a").pipe(minibatch(1));
    `,
  );
  for (const [module, resolution] of [
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ] as const) {
    const options = {
      compilerOptions: {
        strict: true,
        exactOptionalPropertyTypes: true,
        skipLibCheck: false,
        noEmit: true,
        target: "es2022",
        lib: ["es2022", "dom"],
        types: [],
        module,
        moduleResolution: resolution,
      },
      files: ["consumer.ts"],
    };
    writeFileSync(join(consumer, "tsconfig.json"), JSON.stringify(options));
    await expect(tool(consumer, "typescript/bin/tsc", "-p", ".")).resolves.toBe("");
  }
});

it("package.json has no dependency without its reason in docs/adr", () => {
  const { dependencies = {}, peerDependencies, devDependencies } = JSON.parse(fileAt("package.json").text);
  expect(dependencies).toEqual({});
  const { text } = fileAt("docs/adr/0005-dependencies.md");
  const reasons = text.split("\n").filter((line) => line.startsWith("| "));
  const names = Object.keys({ ...peerDependencies, ...devDependencies });
  const unexplained = names.filter(
    (name) => !reasons.some((line) => line.split("|")[1]!.trim().split(", ").includes(name)),
  );
  expect(unexplained).toEqual([]);
});

it("package.json builds what the tests import before it tests on other versions of Node", () => {
  const { scripts } = JSON.parse(fileAt("package.json").text);
  expect(scripts["test:nodes"]).toMatch(/^npm run --silent build && npm run --silent examples && /);
});
