// Long because each thing that the page can do is done once, in a real browser.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import {
  accuracy,
  binaryCrossentropy,
  chain,
  dense,
  matrix,
  model,
  prequential,
  rolling,
  sgd,
  withBaselines,
} from "rxgrad";
import { type DashboardOptions, dashboard } from "rxgrad/dashboard";
import { interval, map, Subject, type Subscription } from "rxjs";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { executablePath, installed } from "../browser/chromium.mjs";
import { outPath } from "../support/bundle.ts";
import { listening } from "../support/listening.ts";
import { needs } from "../support/needs.ts";

let browser: Browser | undefined;
const running: Subscription[] = [];
const children: ChildProcess[] = [];
const contexts: { close(): Promise<void> }[] = [];
beforeAll(async () => {
  if (installed)
    browser = await chromium.launch({
      executablePath,
      args: ["--no-sandbox", "--disable-gpu", "--no-first-run"],
    });
});
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
  for (const run of running.splice(0)) run.unsubscribe();
  for (const child of children.splice(0)) child.kill("SIGKILL");
});
afterAll(() => browser?.close());

/** A page, and all that it complained of or asked for elsewhere. */
const opened = async (url: string, options: BrowserContextOptions = {}) => {
  const context = await browser!.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  contexts.push(context);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== new URL(url).origin)
      complaints.push(`asks ${request.url()}`);
  });
  await page.goto(url);
  return { page, complaints };
};

/** A model that learns, with its page. */
const learning = async (options: DashboardOptions<{ readonly id: number; readonly loss: number }> = {}) => {
  const net = model(chain(dense(2, 6, { activation: "tanh" }), dense(6, 1, { activation: "sigmoid" })), {
    seed: 1,
  });
  const marks$ = new Subject<string>();
  const url = await new Promise<string>((served, failed) => {
    running.push(
      interval(4)
        .pipe(
          map((i) => [Math.sin(i), Math.cos(3 * i)] as const),
          map(([a, b]) => ({ x: matrix([[a, b]]), y: matrix([[a > b ? 1 : 0]]) })),
          prequential(net, {
            loss: binaryCrossentropy(),
            optimizer: sgd(0.1),
            metrics: { accuracy: withBaselines(rolling(50, accuracy())) },
          }),
          dashboard({
            model: net,
            every: 50,
            marks$,
            learningRate: 0.1,
            queue: () => 3,
            listening: served,
            failed,
            ...options,
          }),
        )
        .subscribe(),
    );
  });
  return { url, marks$, run: running.at(-1)!, port: Number(new URL(url).port) };
};

const state = (page: Page) => page.locator("#state");
const steps = async (page: Page): Promise<number> =>
  Number((await page.locator("#facts").textContent())!.replace(/ steps.*$/, "").replaceAll(",", ""));
const card = (page: Page, title: string) => page.getByRole("article", { name: title, exact: true });
const isLive = (page: Page) => expect.poll(() => state(page).textContent(), { timeout: 10_000 }).toBe("live");
const hasDrawn = (page: Page) => card(page, "Histograms of layers").locator("path.bars[d]").first().waitFor();
/** Pixels of a chart that are as red as a mark. */
const redPixels = (page: Page, title: string): Promise<number> =>
  card(page, title)
    .locator("canvas")
    .evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      let red = 0;
      for (let i = 0; i < data.length; i += 4)
        if (data[i]! > 150 && data[i + 1]! < 120 && data[i + 2]! < 120 && data[i + 3]! > 100) red++;
      return red;
    });

const limits = { timeout: 40_000 };

test("the page loads, its lines move, and it complains of nothing", limits, async (context) => {
  needs(context, "chromium", installed);
  const { url } = await learning();
  const { page, complaints } = await opened(url);
  await isLive(page);
  await hasDrawn(page);
  for (const title of [
    "loss",
    "accuracy",
    "learning rate",
    "throughput, a second",
    "event-loop lag, ms",
    "queue",
    "weight norm",
    "gradient norm",
  ])
    expect(await card(page, title).locator("canvas").count(), title).toBe(1);
  await card(page, "Predictions against labels").locator("svg path.score").first().waitFor();
  const picture = () =>
    card(page, "loss")
      .locator("canvas")
      .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  const [before, stepsBefore] = [await picture(), await steps(page)];
  await expect.poll(picture).not.toBe(before);
  await expect.poll(() => steps(page)).toBeGreaterThan(stepsBefore);
  expect(await card(page, "accuracy").locator(".legend").textContent()).toMatch(
    /model [\d.]+noChange [\d.]+prior [\d.]+/,
  );
  expect(complaints).toEqual([]);
});

test("the page draws the graph, with values flowing down and gradients up", limits, async (context) => {
  needs(context, "chromium", installed);
  const { url } = await learning();
  const { page } = await opened(url);
  await hasDrawn(page);
  const graph = card(page, "Graph of layers");
  expect(await graph.locator("g.node text.name").allTextContents()).toEqual([
    "input · 2",
    "dense0 (2, 6)",
    "dense1 (6, 1)",
    "output · 1",
  ]);
  await expect
    .poll(() => graph.locator("text.told").first().textContent())
    .toMatch(/^↓ [\d.e-]+ {2}↑ [\d.e-]+/);
  const moving = () =>
    graph.locator("path.strand").evaluateAll((paths) =>
      paths.flatMap((path) =>
        path
          .getAnimations()
          .filter((animation) => !(animation instanceof CSSTransition))
          .map(({ playState, effect }) => ({
            side: path.classList.contains("value") ? "value" : "gradient",
            playState,
            from: Number.parseFloat(String((effect as KeyframeEffect).getKeyframes()[0]!.strokeDashoffset)),
          })),
      ),
    );
  await expect
    .poll(async () => (await moving()).every(({ playState }) => playState === "running"))
    .toBe(true);
  // a falling offset moves dashes along the path, which leads down; a rising one against it
  expect(await moving()).toHaveLength(6);
  for (const { side, from } of await moving()) expect(Math.sign(from)).toBe(side === "value" ? 1 : -1);
});

test("the page keeps still for those who want less motion", limits, async (context) => {
  needs(context, "chromium", installed);
  const { url } = await learning();
  const { page } = await opened(url, { reducedMotion: "reduce" });
  await hasDrawn(page);
  const animations = await page.evaluate(() => document.getAnimations().length);
  expect(animations).toBe(0);
});

test("the page marks drift in its charts, and lists it", limits, async (context) => {
  needs(context, "chromium", installed);
  const { url, marks$ } = await learning();
  const { page } = await opened(url);
  await hasDrawn(page);
  expect(await card(page, "Drift and other marks").count()).toBe(0);
  expect(await redPixels(page, "loss")).toBe(0);
  marks$.next("drift: optimizer reset");
  await expect
    .poll(() => card(page, "Drift and other marks").locator("li b").allTextContents())
    .toEqual(["drift: optimizer reset"]);
  await expect.poll(() => redPixels(page, "loss")).toBeGreaterThan(50);
});

test("the page comes back after its server was killed and started again", limits, async (context) => {
  needs(context, "chromium", installed);
  const program = fileURLToPath(new URL("fixtures/learning.mjs", import.meta.url));
  const start = async (port: string): Promise<{ child: ChildProcess; url: string }> => {
    const child = spawn(process.execPath, [program, port], { stdio: ["ignore", "pipe", "inherit"] });
    children.push(child);
    const [line] = (await once(child.stdout!, "data")) as [Buffer];
    return { child, url: String(line).trim() };
  };
  const first = await start("0");
  const { page, complaints } = await opened(first.url);
  await isLive(page);
  await expect.poll(() => page.locator("#title").textContent()).toBe(`pid ${first.child.pid}`);
  first.child.kill("SIGKILL");
  await expect.poll(() => state(page).textContent()).toBe("reconnecting");
  const second = await start(new URL(first.url).port);
  await expect
    .poll(() => page.locator("#title").textContent(), { timeout: 10_000 })
    .toBe(`pid ${second.child.pid}`);
  await isLive(page);
  await hasDrawn(page);
  expect(
    complaints.filter(
      (what) => !/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION_RESET/.test(what),
    ),
  ).toEqual([]);
});

test("the page stays readable when the run has ended, and shows the next one", limits, async (context) => {
  needs(context, "chromium", installed);
  const { url, run, port } = await learning();
  const { page, complaints } = await opened(url);
  await hasDrawn(page);
  run.unsubscribe();
  await expect.poll(() => state(page).textContent()).toBe("ended");
  expect(await card(page, "loss").locator("canvas").count()).toBe(1);
  const seen = await steps(page);
  expect(seen).toBeGreaterThan(0);
  await learning({ port, title: "the next run" });
  await expect.poll(() => page.locator("#title").textContent(), { timeout: 10_000 }).toBe("the next run");
  await isLive(page);
  expect(complaints.filter((what) => !what.includes("ERR_CONNECTION_REFUSED"))).toEqual([]);
});

for (const width of [360, 768, 1280, 1920])
  for (const colorScheme of ["light", "dark"] as const)
    test(`the page is readable at ${width} px, ${colorScheme}`, limits, async (context) => {
      needs(context, "chromium", installed);
      const { url, marks$ } = await learning({
        title: "A rather long title, as people give them to what they learn",
        pause: () => {},
        resume: () => {},
      });
      const { page, complaints } = await opened(url, { viewport: { width, height: 800 }, colorScheme });
      await hasDrawn(page);
      marks$.next("drift: rate raised");
      await card(page, "Drift and other marks").waitFor();
      await page.locator("svg path.score").first().waitFor();
      const found = await page.evaluate(() => {
        const wide = [...document.querySelectorAll("main *, .top *")].filter((part) => {
          const { left, right, width } = part.getBoundingClientRect();
          return (
            width > 0 && !part.closest(".scroll, .skip, .plot") && (right > innerWidth + 0.5 || left < -0.5)
          );
        });
        const cards = [...document.querySelectorAll<HTMLElement>("article.card")];
        const empty = cards.filter((one) => one.querySelector(".body")!.getBoundingClientRect().height < 20);
        const probe = document.body.appendChild(document.createElement("i"));
        const luminance = (name: string): number => {
          probe.style.color = `var(--${name})`;
          const [r, g, b] = getComputedStyle(probe)
            .color.match(/[\d.]+/g)!
            .map((c) => {
              const s = Number(c) / 255;
              return s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
            });
          return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
        };
        const contrast = (a: string, b: string): number => {
          const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
          return (light! + 0.05) / (dark! + 0.05);
        };
        const faint = ["ink", "soft", "mark", "accent"].filter(
          (name) => Math.min(contrast(name, "card"), contrast(name, "paper")) < 4.5,
        );
        const dim = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => `c${i}`).filter((name) => contrast(name, "card") < 3);
        const nameless = [...document.querySelectorAll("button, [role=img], a")].filter(
          (part) => !part.getAttribute("aria-label") && !part.textContent!.trim(),
        );
        const words = (parts: readonly Element[]) =>
          parts.map((part) => `${part.tagName} ${part.id} ${part.textContent!.slice(0, 40)}`);
        return {
          sideways: document.documentElement.scrollWidth - innerWidth,
          wide: words(wide),
          empty: words(empty),
          nameless: words(nameless),
          faint,
          dim,
          cards: cards.length,
        };
      });
      await page.screenshot({ path: outPath(`dashboard/${width}-${colorScheme}.png`), fullPage: true });
      expect(found).toEqual({
        sideways: 0,
        wide: [],
        empty: [],
        nameless: [],
        faint: [],
        dim: [],
        cards: 12,
      });
      expect(complaints).toEqual([]);
    });

test(
  "the page obeys keys: pause, theme, axis, help, and charts that are read and zoomed",
  limits,
  async (context) => {
    needs(context, "chromium", installed);
    const { url, port } = await learning();
    const { page, complaints } = await opened(url, { colorScheme: "light" });
    await hasDrawn(page);
    await page.keyboard.press("Space");
    await expect.poll(() => state(page).textContent()).toBe("paused");
    const still = await steps(page);
    const moves = () =>
      page.evaluate(() => document.getAnimations().some(({ playState }) => playState === "running"));
    await expect.poll(moves).toBe(false);
    const heard = await listening(port);
    await expect.poll(() => heard.ticks.length).toBeGreaterThan(5); // the page hears the same
    expect(await steps(page)).toBe(still);
    await page.keyboard.press("Space");
    await isLive(page);
    await expect.poll(() => steps(page)).toBeGreaterThan(still);
    await expect.poll(moves).toBe(true);

    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await paper();
    await page.keyboard.press("t");
    expect(await paper()).not.toBe(light);
    await page.reload();
    await isLive(page);
    expect(await paper()).not.toBe(light); // it is remembered
    await page.keyboard.press("t");
    expect(await paper()).toBe(light);

    await page.keyboard.press("x");
    await expect.poll(() => page.locator("#axis").textContent()).toBe("By step");
    await page.keyboard.press("?");
    await expect.poll(() => page.locator("dialog").isVisible()).toBe(true);
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator("dialog").isVisible()).toBe(false);

    await hasDrawn(page);
    const plot = card(page, "accuracy").locator(".plot");
    await plot.focus();
    for (let i = 0; i < 30; i++) await page.keyboard.press("ArrowLeft");
    await expect.poll(() => card(page, "accuracy").locator(".u-cursor-pt").first().isVisible()).toBe(true);
    await page.keyboard.press("+");
    await page.keyboard.press("0");
    const line = card(page, "accuracy").getByRole("button", { name: /^noChange/ });
    await line.focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => line.getAttribute("aria-pressed")).toBe("false");
    expect(complaints).toEqual([]);
  },
);

test("the page can be walked through with the tab key, and shows where it is", limits, async (context) => {
  needs(context, "chromium", installed);
  const { url } = await learning();
  const { page } = await opened(url);
  await hasDrawn(page);
  const visited: string[] = [];
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press("Tab");
    const { name, outline } = await page.evaluate(() => {
      const one = document.activeElement!;
      if (one === document.body) return { name: "", outline: "" }; // once round
      return {
        name: one.id || one.getAttribute("aria-label") || one.textContent!,
        outline: getComputedStyle(one).outlineStyle,
      };
    });
    if (name === "" || visited.includes(name)) continue;
    visited.push(name);
    expect(outline, name).not.toBe("none");
  }
  expect(visited.slice(0, 6)).toEqual(["To the charts", "pause", "axis", "save", "theme", "help"]);
  expect(visited.some((name) => name.startsWith("loss: save as SVG"))).toBe(true);
});

test("the page says that it waits until there is a step", limits, async (context) => {
  needs(context, "chromium", installed);
  const steps$ = new Subject<{ readonly loss: number }>();
  const url = await new Promise<string>((listening, failed) => {
    running.push(steps$.pipe(dashboard({ every: 50, listening, failed })).subscribe());
  });
  const { page, complaints } = await opened(url);
  await card(page, "event-loop lag, ms").waitFor(); // what the machine does is known at once
  expect(await page.locator("#waiting").isVisible()).toBe(true);
  steps$.next({ loss: 1 });
  await card(page, "loss").waitFor();
  expect(await page.locator("#waiting").isVisible()).toBe(false);
  expect(complaints).toEqual([]);
});

test("the page gives each number in a table of many classes its room", limits, async (context) => {
  needs(context, "chromium", installed);
  const scored = ({ id }: { readonly id: number }) => {
    const classes = Array.from({ length: 14 }, (_, i) => (i === id % 14 ? 1 : 0));
    return { prediction: matrix([classes]), target: matrix([classes]) };
  };
  const { url } = await learning({ scored });
  const { page } = await opened(url, { viewport: { width: 390, height: 844 } });
  await page.locator(".confusion td.right", { hasText: /^\d\d/ }).first().waitFor();
  const spilled = await page
    .locator(".confusion th, .confusion td")
    .evaluateAll((cells) =>
      cells.filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.textContent),
    );
  expect(spilled).toEqual([]);
  expect(await page.locator(".confusion tbody tr").count()).toBe(10);
});

test("the page names each button as it is written", limits, async (context) => {
  needs(context, "chromium", installed);
  const { url } = await learning({ pause: () => {}, resume: () => {} });
  const { page } = await opened(url);
  await hasDrawn(page);
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await page.getByRole("button", { name: "Resume", exact: true }).waitFor();
  await page.getByRole("button", { name: "By time" }).click();
  const axis = page.getByRole("button", { name: "By step" });
  expect(await axis.textContent()).toBe("By step");
  expect(
    await card(page, "accuracy")
      .getByRole("button", { name: /^noChange [\d.]+$/ })
      .count(),
  ).toBe(1);
});

test("the page pauses learning where that can be, and says so", limits, async (context) => {
  needs(context, "chromium", installed);
  const calls: string[] = [];
  const { url } = await learning({ pause: () => calls.push("pause"), resume: () => calls.push("resume") });
  const { page, complaints } = await opened(url);
  await isLive(page);
  await page.getByRole("button", { name: "Pause learning" }).click();
  await expect.poll(() => state(page).textContent()).toBe("learning paused");
  await page.keyboard.press("p");
  await isLive(page);
  expect(calls).toEqual(["pause", "resume"]);
  expect(complaints).toEqual([]);
});

test(
  "the page dashes what stands beside a line called model, each in its own way, and no line without one",
  limits,
  async (context) => {
    needs(context, "chromium", installed);
    const { url } = await learning({
      series: ({ loss }) => ({
        error: { model: loss, naive: 2 * loss, yesterday: 3 * loss },
        spread: { mean: loss, prior: 2 * loss },
      }),
    });
    const { page } = await opened(url);
    await hasDrawn(page);
    const dashes = async (title: string): Promise<number> => {
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        card(page, title).getByRole("button", { name: "save as SVG" }).click(),
      ]);
      const paths = readFileSync(await download.path(), "utf8").match(
        /stroke-width="2" stroke-dasharray="[^"]+"/g,
      );
      return new Set(paths).size;
    };
    expect(await dashes("error")).toBe(2);
    expect(await dashes("spread")).toBe(0);
  },
);

test("the page saves charts as SVG and CSV, and all lines", limits, async (context) => {
  needs(context, "chromium", installed);
  const { url } = await learning();
  const { page } = await opened(url);
  await hasDrawn(page);
  const saved = async (act: () => Promise<void>): Promise<{ name: string; text: string }> => {
    const [download] = await Promise.all([page.waitForEvent("download"), act()]);
    return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
  };
  const button = (title: string, word: string) =>
    card(page, title).getByRole("button", { name: `save as ${word}` });
  const table = await saved(() => button("accuracy", "CSV").click());
  expect(table.name).toBe("accuracy.csv");
  expect(table.text).toMatch(
    /^time,step,model,noChange,prior\r\n(\d{4}-[\dT:.-]+Z,\d+,[\d.e-]*,[\d.e-]*,[\d.e-]*\r\n)+$/,
  );
  const everything = await saved(() => page.locator("#save").click());
  expect(everything.text.split("\r\n")[0]).toContain("accuracy: model,accuracy: noChange");
  for (const title of ["accuracy", "Graph of layers", "Predictions against labels"]) {
    const picture = await saved(() => button(title, "SVG").click());
    expect(picture.name).toMatch(/\.svg$/);
    const parsed = await page.evaluate((text) => {
      const { documentElement } = new DOMParser().parseFromString(text, "image/svg+xml");
      return { tag: documentElement.tagName, paths: documentElement.querySelectorAll("path").length };
    }, picture.text);
    expect(parsed.tag).toBe("svg");
    expect(parsed.paths).toBeGreaterThan(2);
    expect(picture.text).not.toContain("var(");
  }
});

test("the page takes names as text, whatever stands in them", limits, async (context) => {
  needs(context, "chromium", installed);
  const evil = '<img src=x onerror="document.title=1">';
  const { url, marks$ } = await learning({
    title: evil,
    series: () => ({ [evil]: { [evil]: 1, other: 2 }, __proto__: 3, constructor: 4 }),
  });
  const { page, complaints } = await opened(url);
  await hasDrawn(page);
  marks$.next(evil);
  await card(page, "Drift and other marks").waitFor();
  expect(await page.locator("h1").textContent()).toBe(evil);
  expect(await card(page, evil).locator("h3").textContent()).toBe(evil);
  expect(await card(page, "constructor").count()).toBe(1);
  expect(await page.locator("img").count()).toBe(0);
  expect(await page.title()).toBe(evil);
  expect(complaints).toEqual([]);
});

test("the page comes in with its token, and takes it out of the address", limits, async (context) => {
  needs(context, "chromium", installed);
  const { url } = await learning({
    token: "correct horse battery staple",
    pause: () => {},
    resume: () => {},
  });
  const { page, complaints } = await opened(url);
  await isLive(page);
  expect(page.url()).toBe(new URL("/", url).href);
  await page.getByRole("button", { name: "Pause learning" }).click();
  await expect.poll(() => state(page).textContent()).toBe("learning paused");
  expect(complaints).toEqual([]);
  const stranger = await opened(new URL("/", url).href);
  expect(await stranger.page.textContent("body")).toContain("token");
});
