import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { random } from "rxgrad";
import { describe, expect, test } from "vitest";
import { fastify } from "../../examples/recipes/fastify.ts";
import { type Payment, someReviewed } from "../../examples/recipes/fraud.ts";
import { type Answer, handler, type Store } from "../../examples/recipes/lambda.ts";
import { nest } from "../../examples/recipes/nest.ts";
import { thread } from "../../examples/recipes/thread.ts";
import { browse, installed } from "../browser/chromium.mjs";
import { bundle } from "../support/bundle.ts";
import { needs } from "../support/needs.ts";

const large: Payment = { euros: 2000, abroad: true };
const small: Payment = { euros: 20, abroad: true };
const reviewed = (count: number) => {
  const rng = random(5);
  return Array.from({ length: count }, () => someReviewed(rng));
};
const json = (body: unknown, method = "POST") => ({
  method,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

describe("recipes", () => {
  test("nest is a provider that predicts, learns what is reviewed, and ends with its module", async () => {
    const app = await nest();
    await app.listen(0, "127.0.0.1");
    const url = `${await app.getUrl()}/payments`;
    for (const one of reviewed(3000)) {
      const { status } = await fetch(`${url}/reviewed`, json(one));
      expect(status).toBe(204);
    }
    const ask = async (payment: unknown) => (await fetch(url, json(payment))).json();
    expect((await ask(large)).fraud).toBeGreaterThan(0.6);
    expect((await ask(small)).fraud).toBeLessThan(0.2);
    expect((await ask({ euros: "many" })).message).toMatch(/^a payment is \{ euros/);
    const { steps, loss } = await (await fetch(`${url}/health`)).json();
    expect(steps).toBeGreaterThanOrEqual(Math.floor(3000 / 16));
    expect(loss).toBeLessThan(0.7);
    await app.close();
  });

  test("fastify answers with an id, and learns when the truth for it comes, once", async () => {
    const app = fastify();
    const post = (payload: object) => app.inject({ method: "POST", url: "/payments", payload });
    const put = (id: string, payload: object) =>
      app.inject({ method: "PUT", url: `/payments/${id}`, payload });
    for (const { payment, fraud } of reviewed(3000)) {
      const { id } = (await post(payment)).json();
      expect((await put(id, { fraud })).statusCode).toBe(202);
      await put(id, { fraud: !fraud }); // too late: the first word counts
    }
    expect((await post(large)).json().fraud).toBeGreaterThan(0.6);
    expect((await post(small)).json().fraud).toBeLessThan(0.2);
    expect((await post({ euros: -1, abroad: true })).statusCode).toBe(400);
    expect((await put("unknown", { fraud: "yes" })).statusCode).toBe(400);
    await app.close();
  });

  test("thread answers while another thread learns, each answer from a version of the weights", async () => {
    await promisify(execFile)("npm", ["run", "--silent", "examples"], {
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
    });
    const server = await thread(new URL("../../out/examples/recipes/threadLearning.js", import.meta.url));
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
    const ask = async (body: unknown) => (await fetch(url, json(body))).json();
    for (const one of reviewed(3000)) await ask(one);
    const enough = async (): Promise<number> => {
      const { version } = await ask({ payment: large });
      return version >= Math.floor(3000 / 16) ? version : enough();
    };
    await enough();
    expect((await ask({ payment: large })).fraud).toBeGreaterThan(0.6);
    expect((await ask({ payment: small })).fraud).toBeLessThan(0.2);
    expect((await fetch(url, json({}))).status).toBe(400);
    await new Promise((closed) => server.close(closed));
  });

  test("lambda loads, predicts, learns, saves; calls at the same time all learn", async () => {
    const store = inMemory();
    const call = handler(store);
    const said = (answer: Answer) => JSON.parse(answer.body);
    const all = reviewed(1500);
    for (let i = 0; i < all.length; i += 50)
      await call({ body: JSON.stringify({ payment: large, reviewed: all.slice(i, i + 50) }) });
    expect(said(await call({ body: JSON.stringify({ payment: large }) })).fraud).toBeGreaterThan(0.6);
    expect(said(await call({ body: JSON.stringify({ payment: small }) })).fraud).toBeLessThan(0.2);
    const before = store.writes;
    const both = await Promise.all(
      [0, 1].map((i) => call({ body: JSON.stringify({ payment: large, reviewed: all.slice(i, i + 1) }) })),
    );
    expect(both.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    expect(store.writes - before).toBe(2);
    expect(store.refused).toBeGreaterThan(0);
    expect((await call({ body: '{"payment":null}' })).statusCode).toBe(400);
    expect((await call({ body: "no JSON" })).statusCode).toBe(400);
  });

  test("page learns in a browser, and remembers when it is opened again", async (test) => {
    needs(test, "chromium", installed);
    const folder = new URL("../../examples/recipes/page/", import.meta.url);
    const code = await bundle("", {
      stdin: undefined!,
      entryPoints: [fileURLToPath(new URL("main.ts", folder))],
    });
    const html = readFileSync(new URL("index.html", folder), "utf8");
    const chromium = await browse({ "index.html": html, "main.js": code });
    const wrong: string[] = [];
    const page = await chromium.open((why) => wrong.push(why));
    const lesson = async (degrees: number, answer: string) => {
      await page.locator("#slider").fill(String(degrees));
      await page.locator(answer).click();
    };
    for (let i = 0; i < 20; i++) {
      await lesson(25 + i, "#warm");
      await lesson(10 - i, "#cold");
    }
    const opinionAt = async (degrees: number) => {
      await page.locator("#slider").fill(String(degrees));
      return page.locator("#opinion").textContent();
    };
    expect(await opinionAt(30)).toMatch(/^warm \((100|9\d|8\d) %/);
    await page.reload();
    expect(await page.locator("#learned").textContent()).toBe("40");
    expect(await opinionAt(30)).toMatch(/^warm/);
    expect(await opinionAt(-10)).toMatch(/^cold/);
    await page.locator("#forget").click();
    await page.waitForFunction(() => document.getElementById("learned")?.textContent === "0");
    expect(wrong).toEqual([]);
    await chromium.close();
  });
});

/** A store in memory that keeps the promise of `put`. */
const inMemory = (): Store & { readonly writes: number; readonly refused: number } => {
  let kept: { readonly bytes: Uint8Array; readonly version: string } | undefined;
  const counts = { writes: 0, refused: 0 };
  return {
    get writes() {
      return counts.writes;
    },
    get refused() {
      return counts.refused;
    },
    get: async () => kept,
    put: async (bytes, version) => {
      if (kept?.version !== version) {
        counts.refused++;
        return false;
      }
      kept = { bytes, version: String(++counts.writes) };
      return true;
    },
  };
};
