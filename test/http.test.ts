import { once } from "node:events";
import { rmSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import {
  binaryCrossentropy,
  chain,
  dense,
  type Model,
  minibatch,
  model,
  type Sample,
  type Step,
  sgd,
  train,
} from "rxgrad";
import { from, type Subject } from "rxjs";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { blocksOf, programFolder, writeProgram } from "./support/blocks.ts";
import { fileAt } from "./support/sources.ts";

const folder = programFolder();
let app: { events$: Subject<Sample>; net: Model; server: Server };
let url: string;

beforeAll(async () => {
  vi.stubEnv("PORT", "0");
  vi.spyOn(console, "log").mockImplementation(() => {});
  const block = blocksOf(fileAt("README.md")).find(({ code }) => code.includes("createServer("))!;
  app = await import(writeProgram(folder, block, `${block.code}\nexport { events$, net, server };\n`));
  if (!app.server.listening) await once(app.server, "listening");
  url = `http://localhost:${(app.server.address() as AddressInfo).port}/`;
});

afterAll(async () => {
  app.events$.complete();
  app.server.closeAllConnections();
  await new Promise((closed) => app.server.close(closed));
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Asks the server; one that does not answer fails the test soon. */
const ask = (query: string, method = "GET"): Promise<Response> =>
  fetch(`${url}?${query}`, { method, signal: AbortSignal.timeout(10_000) });
const corners = [0, 1].flatMap((a) => [0, 1].map((b) => ({ a, b, y: a ^ b })));

it("train() learns inside of the README's server from the requests that it answers", async () => {
  const answers: number[] = [];
  for (let i = 0; i < 300; i++) {
    const asked = corners.map(({ a, b, y }) => ask(`a=${a}&b=${b}&y=${y}`, "POST"));
    for (const response of await Promise.all(asked)) answers.push(Number(await response.text()));
  }
  expect(answers.every(Number.isFinite)).toBe(true);
  for (const { a, b, y } of corners) {
    const answer = Number(await (await ask(`a=${a}&b=${b}`)).text());
    expect(Math.abs(answer - y)).toBeLessThan(0.3);
  }
});

it("predict() in a request is pure: asking changes no weight", async () => {
  const before = app.net.parameters.map(({ value }) => value.data.slice());
  await (await ask("a=1&b=0")).text();
  expect(
    isDeepStrictEqual(
      app.net.parameters.map(({ value }) => value.data),
      before,
    ),
  ).toBe(true);
});

it("train() never sees what the README's server refuses", async () => {
  const response = await ask("a=one&b=0", "POST");
  expect(response.status).toBe(400);
  expect((await ask("a=1&b=0")).status).toBe(200);
});

it("train() on an endless stream lets timers and requests have their turn", async () => {
  const net = model(chain(dense(2, 16, { activation: "tanh" }), dense(16, 1)), { seed: 1 });
  let going = true;
  async function* endless(): AsyncGenerator<Sample> {
    for (let i = 0; going; i++) {
      if (i % 32 === 0) await setImmediate();
      const { a, b, y } = corners[i % 4]!;
      yield { x: [a, b], y };
    }
  }
  const steps: Step[] = [];
  const done = new Promise<void>((complete, error) => {
    const options = { loss: binaryCrossentropy({ fromLogits: true }), optimizer: sgd(0.1) };
    from(endless())
      .pipe(minibatch(32), train(net, options))
      .subscribe({ next: (step) => steps.push(step), error, complete });
  });
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  const during: number[] = [];
  while (ticks < 20 || during.length < 20) {
    await (await ask("a=1&b=0")).text();
    during.push(steps.length);
  }
  clearInterval(timer);
  going = false;
  await done;
  expect(during.at(-1)).toBeGreaterThan(during[0]!);
  expect(steps.length).toBeGreaterThan(20);
  net.dispose();
});
