import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { expect, test } from "vitest";
import { cliProgram } from "../support/cli.ts";

const built = readFileSync(cliProgram, "utf8");
const { sources } = JSON.parse(readFileSync(`${cliProgram}.map`, "utf8")) as {
  readonly sources: readonly string[];
};
const packages = new Set(
  sources
    .map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1])
    .filter((name) => name !== undefined),
);

test("the built command begins with the line that shells look for", () => {
  expect(built.startsWith("#!/usr/bin/env node\n")).toBe(true);
});

test("the built command imports rxjs, the parts of Node, and what few tables need", () => {
  const imported = [
    ...built.matchAll(/^import (?:[^"';]* from )?["']([^"']+)["'];$|\bimport\("([^"]+)"\)/gm),
  ].map(([, one, other]) => one ?? other!);
  const others = new Set(imported.filter((name) => !isBuiltin(name)));
  expect([...others].filter((name) => !["rxjs", "apache-arrow"].includes(name))).toEqual([]);
  expect(packages).toContain("commander");
  expect([...packages]).not.toContain("rxjs");
});

test("the built command names the packages that it holds, with their licence", () => {
  const notices = built.slice(built.indexOf("/*!"));
  expect([...packages].filter((name) => !new RegExp(`(?<![\\w/-])${name}\\b`).test(notices))).toEqual([]);
});
