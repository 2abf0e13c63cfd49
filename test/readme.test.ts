import { execFile } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { format, promisify } from "node:util";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import {
  blocksOf,
  isProgram,
  linesOf,
  programFolder,
  programOf,
  promisesOf,
  writeProgram,
} from "./support/blocks.ts";
import { fileAt, filesUnder } from "./support/sources.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const pages = [fileAt("README.md"), fileAt("CONTRIBUTING.md"), ...filesUnder("docs", ".md")];
const blocks = pages.flatMap(blocksOf);
const programs = blocks.filter(isProgram);
const folder = programFolder();
const paths = programs.map((block) => writeProgram(folder, block));

beforeAll(() => vi.stubEnv("PORT", "0"));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

it("README.md and docs have programs", () => {
  expect(programs.length).toBeGreaterThan(15);
});

it("README.md and docs compile, every block, as strict TypeScript", async () => {
  const options = {
    extends: "../../tsconfig.json",
    compilerOptions: {
      noUnusedLocals: false,
    },
    include: ["*.ts"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(options));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const compiled = promisify(execFile)(process.execPath, [tsc, "-p", join(folder, "tsconfig.json")]);
  expect(
    await compiled.then(
      () => "",
      ({ stdout }) => stdout,
    ),
  ).toBe("");
});

it.each(programs.map((block, i) => [`${block.page}:${block.line}`, block, paths[i]!] as const))(
  "%s runs, and prints what it says",
  async (_, block, path) => {
    const printed: string[] = [];
    const log = vi.spyOn(console, "log").mockImplementation((...args) => void printed.push(format(...args)));
    try {
      await import(path);
    } finally {
      log.mockRestore();
    }
    expect(promisesOf(block).filter((line) => !printed.join("\n").includes(line))).toEqual([]);
  },
);

it.each(
  blocks
    .filter(({ excerptOf }) => excerptOf !== undefined)
    .map((block) => [`${block.page}:${block.line}`, block.excerptOf!, block.code] as const),
)("%s is what stands in %s", (_, path, code) => {
  expect(linesOf(fileAt(path).text)).toContain(linesOf(code));
});

it("README.md and docs call only scripts that package.json has", () => {
  const { scripts } = JSON.parse(fileAt("package.json").text) as { scripts: Record<string, string> };
  const called = pages.flatMap(({ text }) =>
    [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name!),
  );
  expect(called.filter((name) => !(name in scripts))).toEqual([]);
});

it("README.md and docs link only to files that are there", () => {
  const broken = pages.flatMap(({ path, text }) => {
    const links = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)|src="([^"]+)"/g)].map(
      ([, a, b]) => (a ?? b)!,
    );
    return links
      .filter((link) => !/^[a-z]+:/.test(link))
      .map((link) => fileURLToPath(new URL(link, new URL(path, `file://${root}`))))
      .filter((target) => !existsSync(target))
      .map((target) => `${path}: ${target.slice(root.length)}`);
  });
  expect(broken).toEqual([]);
});

it("blocksOf() finds code with what is hidden before and after it", () => {
  const text =
    "a\n\n<!-- before\nlet b = 1;\n-->\n\n```ts\nb++;\n```\n\n<!-- then\nexpect(b).toBe(2);\n-->\n";
  const [block] = blocksOf({ path: "a.md", text });
  expect(block).toMatchObject({ line: 7, language: "ts", code: "b++;\n", before: "let b = 1;" });
  expect(programOf(block!)).toContain(
    'import { expect } from "vitest";\nlet b = 1;\nb++;\n\nexpect(b).toBe(2);',
  );
});

it("promisesOf() reads what a block says that it prints", () => {
  const [block] = blocksOf({
    path: "a.md",
    text: "```js\nconsole.log(1 + 1); // 2\nconst a = 1; // one\n```\n",
  });
  expect(promisesOf(block!)).toEqual(["2"]);
});
