import { afterAll, beforeAll, expect, it } from "vitest";
import { bundle } from "../support/bundle.ts";
import { needs } from "../support/needs.ts";
import { browse, type Chromium, installed } from "./chromium.mjs";

const items = 200_000;
const limits = { timeout: 20_000 };
let chromium: Chromium | undefined;

beforeAll(async () => {
  if (!installed) return;
  const main = await bundle('import "./test/browser/fixtures/yieldEvery.ts";', { ignoreAnnotations: true });
  chromium = await browse({ "main.js": main });
});
afterAll(() => chromium?.close());

type Options = Parameters<typeof flow>[1];

/** Lets a source of many items flow on a page of its own. */
const begin = async (options: Options) => {
  const page = await chromium!.open();
  await page.waitForFunction(() => "flow" in globalThis);
  const running = await page.evaluateHandle(([n, how]) => flow(n, how), [items, options] as const);
  return {
    seen: () => running.evaluate((own) => own.seen),
    channels: () => running.evaluate((own) => own.channels()),
  };
};

it(
  "yieldEvery() lets timers and frames of a page come during a source that makes all its items at once",
  limits,
  async (test) => {
    needs(test, "chromium", installed);
    const { seen, channels } = await begin({ yields: true });
    const { opened, ...left } = await channels();
    const outcome = await seen();
    expect(outcome).toMatchObject({ items, inOrder: true, ended: true });
    expect(outcome.timers).toBeGreaterThan(0);
    expect(outcome.frames).toBeGreaterThan(0);
    expect(opened).toBeGreaterThan(1);
    expect(left).toEqual({ later: 0, open: 0 });

    const held = await begin({ yields: false });
    expect(await held.seen()).toMatchObject({ items, ended: true, timers: 0, frames: 0 });
    expect((await held.channels()).opened).toBe(0);
  },
);

it.for([
  ["in the middle of its work", { yields: true, takes: items / 2 }],
  ["between two turns", { yields: true, leaves: true }],
] as const)(
  "yieldEvery() stops on a page, and closes its channel, when it is left %s",
  limits,
  async ([, options], test) => {
    needs(test, "chromium", installed);
    const { seen, channels } = await begin(options);
    expect(await channels()).toMatchObject({ later: 0, open: 0 });
    const outcome = await seen();
    expect(outcome).toMatchObject({ inOrder: true, ended: "takes" in options });
    expect(outcome.items).toBeGreaterThan(0);
    expect(outcome.items).toBeLessThan(items);
  },
);
