import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { browse, type Chromium, installed } from "../browser/chromium.mjs";
import { needs } from "../support/needs.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const built = join(root, "out/playground");
const complaints: string[] = [];
const pages: Page[] = [];

let chromium: Chromium | undefined;
beforeAll(async () => {
  await promisify(execFile)("npm", ["run", "--silent", "playground"], { cwd: root });
  if (!installed) return;
  const names = readdirSync(built);
  chromium = await browse(Object.fromEntries(names.map((name) => [name, readFileSync(join(built, name))])));
});
afterEach(async () => {
  for (const page of pages.splice(0)) await page.context().close();
  expect(complaints.splice(0)).toEqual([]);
});
afterAll(() => chromium?.close());

/** The page with these settings; what it complains of, or asks for elsewhere, fails the test. */
const opened = async (hash: string): Promise<Page> => {
  const page = await chromium!.open((why) => complaints.push(why));
  pages.push(page);
  const home = page.url();
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!/^(data|blob):/.test(url) && !url.startsWith(home)) complaints.push(`asks for ${url}`);
  });
  await page.goto(`${home}#${hash}`);
  await page.reload(); // a new hash alone loads nothing
  await page.waitForFunction(() => document.getElementById("facts")?.textContent !== "");
  return page;
};

/** Waits until the page says so. */
const until = (page: Page, what: "events" | "steps", least: number) =>
  page.waitForFunction(
    ([place, count]) => {
      const numbers = document.getElementById("facts")!.textContent.match(/[\d,]+/g)!;
      return Number(numbers[place!]!.replaceAll(",", "")) >= count!;
    },
    [what === "events" ? 0 : 1, least] as const,
  );
const scoreAbove = (page: Page, least: number) =>
  page.waitForFunction((s) => Number.parseFloat(document.getElementById("score")!.textContent) > s, least);
const scoreBelow = (page: Page, most: number) =>
  page.waitForFunction((s) => Number.parseFloat(document.getElementById("score")!.textContent) < s, most);
/** What a canvas shows, made small. */
const pixels = (page: Page, selector: string) =>
  page.locator(selector).evaluate((canvas: HTMLCanvasElement) => {
    const small = new OffscreenCanvas(40, 40).getContext("2d", { willReadFrequently: true })!;
    small.drawImage(canvas, 0, 0, 40, 40);
    return [...small.getImageData(0, 0, 40, 40).data];
  });
const distance = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, v, i) => sum + Math.abs(v - b[i]!), 0) / a.length;
const answer = ".neuron:last-child canvas";

test("playground learns moons, most of them right before it learns them, and its plane takes shape", async (test) => {
  needs(test, "chromium", installed);
  const page = await opened("speed=Infinity");
  const before = await pixels(page, "#field");
  await until(page, "events", 1000);
  await scoreAbove(page, 95);
  expect(distance(before, await pixels(page, "#field"))).toBeGreaterThan(5);
  expect(await page.locator(".weight").count()).toBe(2 * 8 + 8 * 6 + 6);
  expect(await page.locator("#log li").count()).toBe(0);
  expect(await page.locator("#state").textContent()).toBe("learning");
});

test("playground falls when the world drifts, tells of the alarm, and comes back", async (test) => {
  needs(test, "chromium", installed);
  const page = await opened("policy=restart");
  await scoreAbove(page, 95);
  await until(page, "events", 1500);
  await page.locator("#drift").click();
  await scoreBelow(page, 75);
  await page.locator(".mark.alarm").first().waitFor({ state: "attached" });
  await scoreAbove(page, 95);
  expect(await page.locator("#score-chart .mark.drift").count()).toBe(1);
  const told = (await page.locator("#log li").allTextContents()).reverse();
  expect(told[0]).toMatch(/^event [\d,]+ labels turn round, at once$/);
  expect(told[1]).toMatch(/^event [\d,]+ the detector alarms: restarted$/);
});

test("playground steps by hand, one batch a step, and comes to the same weights from the same seed", async (test) => {
  needs(test, "chromium", installed);
  const page = await opened("speed=0&batch=8");
  const facts = () => page.locator("#facts").textContent();
  expect(await facts()).toMatch(/^0 events · 0 steps/);
  await page.locator("#step").click();
  await until(page, "steps", 1);
  expect(await facts()).toMatch(/^8 events · 1 steps/);
  const first = await pixels(page, answer);
  await page.locator("body").press("s");
  await until(page, "steps", 2);
  expect(await facts()).toMatch(/^16 events · 2 steps/);
  expect(await pixels(page, answer)).not.toEqual(first);
  await page.keyboard.press("r");
  await page.waitForFunction(() => document.getElementById("facts")!.textContent.startsWith("0 events"));
  await page.keyboard.press("s");
  await until(page, "steps", 1);
  expect(await pixels(page, answer)).toEqual(first);
});

test("playground learns at the rate of the slider, from the next step on", async (test) => {
  needs(test, "chromium", installed);
  const page = await opened("speed=0&batch=1&optimizer=sgd&rate=0.0001");
  const stepTwenty = async (to: number) => {
    for (let i = 0; i < 20; i++) await page.keyboard.press("s");
    await until(page, "steps", to);
    return pixels(page, answer);
  };
  const before = await pixels(page, answer);
  const slow = await stepTwenty(20);
  await page.locator("#rate").fill("11");
  expect(await page.locator("#rate-value").textContent()).toBe("1");
  await page.locator("body").click({ position: { x: 2, y: 2 } });
  const fast = await stepTwenty(40);
  expect(distance(before, slow)).toBeLessThan(0.5);
  expect(distance(slow, fast)).toBeGreaterThan(5);
});

test("playground keeps its settings in the address, and its code in step with them", async (test) => {
  needs(test, "chromium", installed);
  const page = await opened("data=xor&layers=4,3&activation=relu&rate=0.03&speed=0&seed=7");
  expect(await page.locator("input[value=xor]").isChecked()).toBe(true);
  expect(await page.locator(".neuron").count()).toBe(2 + 4 + 3 + 1);
  expect(await page.locator("#rate-value").textContent()).toBe("0.03");
  expect(await page.locator("#code").textContent()).toContain('dense(4, 3, { activation: "relu" })');
  await page.locator("#optimizer").selectOption("momentum");
  await page.locator("[aria-label='One neuron more in layer 2']").click();
  await page.locator("#more").click();
  await page.waitForFunction(() => location.hash.includes("layers=4,4,4"));
  expect(await page.locator("#code").textContent()).toContain("sgd(rate$, { momentum: 0.9 })");
  await page.reload();
  await page.waitForFunction(() => document.querySelectorAll(".neuron").length === 2 + 4 + 4 + 4 + 1);
  expect(await page.locator("#optimizer").inputValue()).toBe("momentum");
  expect(await page.locator("#seed").inputValue()).toBe("7");
  await page.evaluate(() => {
    location.hash = "#speed=0";
  });
  await page.waitForFunction(() => document.querySelectorAll(".neuron").length === 2 + 8 + 6 + 1);
});

test("playground is run by keys, shows a neuron that is looked at, and goes from light to dark", async (test) => {
  needs(test, "chromium", installed);
  const page = await opened("speed=60");
  const state = page.locator("#state");
  await page.keyboard.press("Space");
  await page.waitForFunction(() => document.getElementById("state")!.textContent === "paused");
  expect(await page.locator("#play").textContent()).toBe("Play");
  const whole = await pixels(page, "#field");
  await page.locator("[aria-label='neuron 2 of layer 1']").focus();
  await page.waitForFunction(() => document.getElementById("shown")!.textContent === "neuron 2 of layer 1");
  expect(distance(whole, await pixels(page, "#field"))).toBeGreaterThan(5);
  await page.locator("#theme").click();
  await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe("rgb(15, 20, 24)");
  await page.locator("#theme").blur(); // Space would press it
  await page.locator("body").press("d");
  expect(await page.locator("#log li.drift").count()).toBe(1);
  await page.keyboard.press("Space");
  await page.waitForFunction(() => document.getElementById("state")!.textContent === "learning");
  expect(await state.getAttribute("role")).toBe("status");
});

test("playground stands still where motion is not wanted, until somebody plays", async (test) => {
  needs(test, "chromium", installed);
  const page = await opened("speed=60");
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.reload();
  await page.waitForFunction(() => document.getElementById("state")!.textContent === "paused");
  await page.keyboard.press("Space");
  await until(page, "steps", 1);
  const animation = await page
    .locator(".flow")
    .first()
    .evaluate((flow) => getComputedStyle(flow).animationName);
  expect(animation).toBe("none");
});

test("playground gives the network further inputs on a toggle, and tells of them in its code", async (test) => {
  needs(test, "chromium", installed);
  const page = await opened("data=circles&layers=&rate=0.1");
  await until(page, "steps", 1);
  for (const name of ["a²", "b²"]) await page.getByRole("checkbox", { name, exact: true }).check();
  await page.getByRole("button", { name: "input a²", exact: true }).waitFor();
  expect(await page.locator("path.weight").count()).toBe(4);
  await scoreAbove(page, 95);
  expect(await page.locator("#code").textContent()).toContain("x: [a, b, a * a, b * b],");
  await page.waitForFunction(
    () => location.hash.includes("extras=aa%2Cbb") || location.hash.includes("extras=aa,bb"),
  );
  await page.getByRole("checkbox", { name: "a²", exact: true }).uncheck();
  await page.getByRole("button", { name: "input a²", exact: true }).waitFor({ state: "detached" });
});

test("playground says why it stops when learning diverges, and begins anew", async (test) => {
  needs(test, "chromium", installed);
  const page = await opened(
    "speed=Infinity&data=hills&activation=relu&optimizer=momentum&rate=1&layers=10,10&noise=0.5",
  );
  await page.waitForFunction(() => document.getElementById("state")!.textContent === "stopped");
  expect(await page.locator("#log li").first().textContent()).toMatch(/it diverged: .*finite/);
  await page.locator("#rate").fill("2");
  await page.locator("#reset").click();
  await page.waitForFunction(() => document.getElementById("state")!.textContent === "learning");
  await until(page, "events", 500);
});

test.for([360, 820, 1440])("playground fits into %i pixels", async (width, test) => {
  needs(test, "chromium", installed);
  const page = await opened("speed=0&layers=10,9,8,7,6&data=spirals");
  await page.setViewportSize({ width, height: 800 });
  await page.waitForFunction((most) => document.documentElement.scrollWidth <= most, width);
  const boxes = await page.locator("header.top button, header.top input, .card").all();
  for (const box of boxes) {
    const { x, width: w } = (await box.boundingBox())!;
    expect(x).toBeGreaterThanOrEqual(0);
    expect(x + w).toBeLessThanOrEqual(width);
  }
});

test("playground leaves nothing behind after a hundred changes", async (test) => {
  needs(test, "chromium", installed);
  const page = await opened("speed=600");
  const session = await page.context().newCDPSession(page);
  const changes = (count: number) =>
    page.evaluate(async (n) => {
      const frame = () => new Promise((drawn) => requestAnimationFrame(drawn));
      const click = (id: string) => document.getElementById(id)!.click();
      const choose = (id: string, index: number) => {
        const select = document.getElementById(id) as HTMLSelectElement;
        select.selectedIndex = index;
        select.dispatchEvent(new Event("change"));
      };
      for (let i = 0; i < n; i++) {
        click(i % 2 === 0 ? "more" : "fewer"); // a new network
        choose("optimizer", i % 3); // a new training
        if (i % 5 === 0) click("reset");
        await frame();
        await frame();
      }
      choose("optimizer", 4);
    }, count);
  const left = async () => {
    await page.keyboard.press("r");
    for (let i = 0; i < 3; i++) await session.send("HeapProfiler.collectGarbage");
    const { nodes, jsEventListeners } = await session.send("Memory.getDOMCounters");
    const { result } = await session.send("Runtime.evaluate", { expression: "WebAssembly.Memory.prototype" });
    const { objects } = await session.send("Runtime.queryObjects", { prototypeObjectId: result.objectId! });
    const { result: memories } = await session.send("Runtime.callFunctionOn", {
      objectId: objects.objectId!,
      functionDeclaration: "function () { return this.length; }",
    });
    await session.send("Runtime.releaseObject", { objectId: objects.objectId! });
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    return { nodes, jsEventListeners, memories: memories.value as number, usedSize };
  };
  await changes(20);
  const before = await left();
  await changes(100);
  const after = await left();
  console.log("after 20 changes", before, "after 120", after);
  expect(after.memories).toBeLessThanOrEqual(before.memories + 1);
  expect(after.nodes).toBeLessThan(before.nodes + 400);
  expect(after.jsEventListeners).toBeLessThan(before.jsEventListeners + 100);
  expect(after.usedSize).toBeLessThan(before.usedSize + 2e6);
});

test("playground runs from a file, without a server", async (test) => {
  needs(test, "chromium", installed);
  const page = await opened("speed=0");
  await page.context().close();
  pages.pop();
  const alone = await chromium!.open((why) => complaints.push(why));
  pages.push(alone);
  alone.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())));
  await alone.goto(`${pathToFileURL(join(built, "index.html")).href}#data=circles&speed=6000`);
  await scoreAbove(alone, 90);
  await alone.locator("#seed").fill("3");
  await alone.locator("#batch").selectOption("8");
  await alone.waitForFunction(() => location.hash.includes("batch=8"));
});
