import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { browse, type Chromium, installed } from "../browser/chromium.mjs";
import { needs } from "../support/needs.ts";
import { filesUnder } from "../support/sources.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const site = join(root, "out/docs");
const run = promisify(execFile);

let printed = "";
let chromium: Chromium | undefined;
beforeAll(async () => {
  const { stdout, stderr } = await run("npm", ["run", "--silent", "docs"], { cwd: root });
  printed = `${stdout}${stderr}`;
  if (!installed) return;
  const names = readdirSync(site, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.\w+$/.test(name),
  );
  chromium = await browse(Object.fromEntries(names.map((name) => [name, readFileSync(join(site, name))])));
});
afterAll(() => chromium?.close());

it("npm run docs builds the site without a warning, and none of its links is wrong", () => {
  expect(printed).not.toMatch(/warning\]|error\]/);
  expect(printed).toMatch(/^\d{3,} pages, \d{4,} links, 0 of them wrong$/m);
});

it("npm run docs puts every page of docs into the site, and every entry of the package", () => {
  const pages = filesUnder("docs", ".md").map(({ path }) => path.replace(/^.*\/|\.md$/g, "").toLowerCase());
  const built = new Set(readdirSync(join(site, "documents")).map((name) => name.replace(".html", "")));
  expect(pages.filter((page) => !built.has(page))).toEqual([]);
  const modules = new Set(readdirSync(join(site, "modules")).map((name) => name.replace(".html", "")));
  const entries = filesUnder("src/entries", ".ts").map(({ path }) => path.replace(/^.*\/|\.ts$/g, ""));
  expect(entries.filter((entry) => ![...modules].some((module) => module.endsWith(entry)))).toEqual([]);
});

it("npm run docs makes pages that work in a browser, and finds adam when one searches for it", async (test) => {
  needs(test, "chromium", installed);
  const wrong: string[] = [];
  const page = await chromium!.open((why) => wrong.push(why));
  page.on("console", (message) => {
    if (message.type() === "error") wrong.push(message.text());
  });
  const { origin } = new URL(page.url());
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== origin) wrong.push(`asks for ${request.url()}`);
  });
  expect(await page.locator("h1").first().textContent()).toContain("rxgrad");
  await page.locator("#tsd-search-trigger").click();
  await page.locator("#tsd-search-input").fill("adam");
  await page.locator("#tsd-search-results a").first().click();
  await page.waitForURL(/adam\.html$/);
  expect(await page.textContent("body")).toContain("Kingma");
  expect(wrong).toEqual([]);
});
