import { afterEach, beforeAll, expect, it } from "vitest";
import { bundle } from "../support/bundle.ts";
import { needs } from "../support/needs.ts";
import { browse, type Chromium, installed } from "./chromium.mjs";

type Headers = Readonly<Record<string, string>>;

/** What lets a page share memory. */
const isolated: Headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

let main: Uint8Array;
const opened: Chromium[] = [];

beforeAll(async () => {
  if (installed)
    main = await bundle('import "./test/browser/fixtures/threads.ts";', { ignoreAnnotations: true });
});
afterEach(async () => {
  for (const chromium of opened.splice(0)) await chromium.close();
});

/** A page that is served with these headers, and what it says. */
const pageWith = async (headers: Headers) => {
  const chromium = await browse({ "main.js": main }, headers);
  opened.push(chromium);
  const said: string[] = [];
  const page = await chromium.open((why) => said.push(why));
  page.on("console", (message) => said.push(message.text()));
  await page.waitForFunction(() => "learnerWith" in globalThis);
  return { page, said };
};
type Page = Awaited<ReturnType<typeof pageWith>>["page"];

const learnerOn = (page: Page, threads: number) => page.evaluateHandle((n) => learnerWith(n), threads);
type Learner = Awaited<ReturnType<typeof learnerOn>>;

const lossesOf = (learner: Learner, steps: number) => learner.evaluate((own, n) => own.losses(n), steps);

const limits = { timeout: 20_000 };
/** Chromium lets a worker go on for two seconds before it ends it by force. */
const patient = { timeout: 10_000, interval: 1 };

it.for([2, 3])(
  "model({ threads: %s }) on a page learns what one thread learns, and ends its workers",
  limits,
  async (threads, test) => {
    needs(test, "chromium", installed);
    const { page, said } = await pageWith(isolated);
    const alone = await learnerOn(page, 1);
    const expected = await lossesOf(alone, 20);
    expect(expected.at(-1)).toBeLessThan(expected[0]! / 2);
    expect(page.workers()).toHaveLength(0);

    const helped = await learnerOn(page, threads);
    const first = await lossesOf(helped, 5);
    await expect.poll(() => page.workers().length, patient).toBe(threads - 1);
    expect([...first, ...(await lossesOf(helped, 15))]).toEqual(expected);
    expect(await helped.evaluate((own) => own.shares())).toBe(true);
    expect(page.workers()).toHaveLength(threads - 1); // none has failed

    expect(said).toEqual([]);
    const urls = page.workers().map((worker) => worker.url());
    const kept = (): Promise<readonly boolean[]> =>
      page.evaluate((all) => Promise.all(all.map((url) => isKept(url))), urls);
    expect(await kept()).toEqual(urls.map(() => true));

    await helped.evaluate((own) => own.dispose());
    await expect.poll(() => page.workers().length, patient).toBe(0);
    expect(await kept()).toEqual(urls.map(() => false));
  },
);

it(
  "model({ threads }) computes alone, and says nothing, on a page that is not isolated",
  limits,
  async (test) => {
    needs(test, "chromium", installed);
    const { page, said } = await pageWith({});
    expect(await page.evaluate(() => typeof SharedArrayBuffer)).toBe("undefined");
    const helped = await learnerOn(page, 2);
    const losses = await lossesOf(helped, 10);
    expect(losses).toEqual(await lossesOf(await learnerOn(page, 1), 10));
    expect(await helped.evaluate((own) => own.shares())).toBe(false);
    expect(page.workers()).toHaveLength(0);
    await helped.evaluate((own) => own.dispose());
    expect(said).toEqual([]);
  },
);

it("model({ threads }) computes alone on a page that forbids workers", limits, async (test) => {
  needs(test, "chromium", installed);
  const { page } = await pageWith({ ...isolated, "Content-Security-Policy": "worker-src 'none'" });
  const helped = await learnerOn(page, 2);
  expect(await lossesOf(helped, 10)).toEqual(await lossesOf(await learnerOn(page, 1), 10));
  expect(page.workers()).toHaveLength(0);
  await helped.evaluate((own) => own.dispose());
});

it(
  "threads() share the rows of a function with the thread of a page, until they are closed",
  limits,
  async (test) => {
    needs(test, "chromium", installed);
    const { page } = await pageWith(isolated);
    const crew = await page.evaluateHandle(() => crewOf(3, 5000));
    const signers = async (): Promise<number> => (await crew.evaluate((own) => own.share("signs"))).length;
    await expect.poll(() => crew.evaluate((own) => own.helpers()), patient).toBe(2);
    await expect.poll(signers, patient).toBe(3);
    await crew.evaluate((own) => own.close());
    expect(await crew.evaluate((own) => own.share("signs"))).toEqual([0]);
    await expect.poll(() => page.workers().length, patient).toBe(0);
  },
);

it.for([
  ["fails", "traps"],
  ["does not come back", "stuck"],
])(
  "threads() leave the work of one that %s to the thread of a page, and go on alone",
  limits,
  async ([, name], test) => {
    needs(test, "chromium", installed);
    const { page } = await pageWith(isolated);
    const crew = await page.evaluateHandle(() => crewOf(2, 100));
    await expect.poll(() => crew.evaluate((own) => own.helpers()), patient).toBe(1);
    const alone = async (): Promise<boolean> => {
      expect(await crew.evaluate((own, name) => own.share(name), name!)).toEqual([0]);
      return (await crew.evaluate((own) => own.helpers())) === 0;
    };
    await expect.poll(alone, patient).toBe(true);
    await expect.poll(() => page.workers().length, patient).toBe(0);
    expect(await crew.evaluate((own) => own.share("signs"))).toEqual([0]);
  },
);
