import { once } from "node:events";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { afterEach, expect, test } from "vitest";
import { decimated } from "../../src/dashboard/decimated.ts";
import type { PageHello } from "../../src/dashboard/pageMessage.ts";
import { type PageServer, type PageServerOptions, pageServer } from "../../src/dashboard/pageServer.ts";
import { asking } from "../support/asking.ts";

const { init } = decimated(2);
const hello: PageHello = {
  title: "test",
  every: 100,
  started: 0,
  capacity: 2,
  canPause: true,
  time: init(),
  step: init(),
  lines: [],
};
const opened: PageServer[] = [];
afterEach(() => {
  for (const server of opened.splice(0)) server.close({ reason: "stopped" });
});

/** A server on a free port, its address, and what it was asked to do. */
const serving = async (options: Partial<PageServerOptions> = {}) => {
  const actions: string[] = [];
  const url = await new Promise<string>((listening, failed) => {
    opened.push(
      pageServer({
        port: 0,
        host: "127.0.0.1",
        hosts: [],
        token: undefined,
        hello: () => hello,
        control: (action) => actions.push(action),
        listening,
        failed,
        ...options,
      }),
    );
  });
  return { url, port: Number(new URL(url).port), actions };
};

test("pageServer() serves the page, complete in itself, under a strict policy", async () => {
  const { port, url } = await serving();
  expect(url).toBe(`http://127.0.0.1:${port}/`);
  const page = await asking(port, "/");
  expect(page.status).toBe(200);
  expect(page.headers["content-security-policy"]).toContain(
    "default-src 'none'; script-src 'self'; style-src 'self'",
  );
  expect(page.headers["content-security-policy"]).not.toContain("unsafe");
  expect(page.headers["x-content-type-options"]).toBe("nosniff");
  expect(page.headers["access-control-allow-origin"]).toBeUndefined();
  const linked = [...page.text.matchAll(/(?:href|src)="([^"#]+)"/g)].map(([, link]) => link!);
  expect(linked.filter((link) => !link.startsWith("data:")).sort()).toEqual(["page.css", "page.js"]);
  for (const link of ["page.css", "page.js"]) {
    const { status, text } = await asking(port, `/${link}`);
    expect(status).toBe(200);
    expect(text).not.toMatch(/(?:@import|url\(|fetch\(|import\(|EventSource\()\s*["']?(?:https?:)?\/\//);
  }
  expect((await asking(port, "/page.js")).text).toContain("Leon Sorokin"); // the licence of uPlot
});

test.each(["evil.example", "evil.example:80", "localhost.evil.example", "127.0.0.1.evil.example", "*"])(
  "pageServer() refuses the host %j, which is no name of this machine",
  async (host) => {
    const { port } = await serving();
    for (const path of ["/", "/events", "/page.js"])
      expect((await asking(port, path, { headers: { Host: host } })).status).toBe(403);
  },
);

test.each(["localhost", "localhost:9000", "127.0.0.1:1", "[::1]:8080", "Charts.Example:1"])(
  "pageServer() knows the host %j",
  async (host) => {
    const { port } = await serving({ hosts: ["charts.example"] });
    expect((await asking(port, "/", { headers: { Host: host } })).status).toBe(200);
  },
);

test.each([
  "/../package.json",
  "/../../package.json",
  "/%2e%2e/%2e%2e/package.json",
  "/..%2f..%2fpackage.json",
  "/page.js/../../package.json",
  "//etc/passwd",
  "/\\..\\package.json",
  "/__proto__",
  "/constructor",
])("pageServer() has nothing at %j", async (path) => {
  const { port } = await serving();
  const { status, text } = await asking(port, path);
  expect(status).toBe(404);
  expect(text).not.toContain("rxgrad");
});

test("pageServer() takes orders from its own page alone", async () => {
  const { port, actions } = await serving();
  const own = `http://127.0.0.1:${port}`;
  const post = async (path: string, headers: Readonly<Record<string, string>>) =>
    (await asking(port, path, { method: "POST", headers })).status;
  expect(await post("/pause", {})).toBe(403);
  expect(await post("/pause", { Origin: "http://evil.example" })).toBe(403);
  expect(await post("/pause", { Origin: `http://127.0.0.1:${port + 1}` })).toBe(403);
  expect(await post("/pause", { Origin: "null" })).toBe(403);
  expect(await post("/pause", { Origin: own, "Sec-Fetch-Site": "cross-site" })).toBe(403);
  expect((await asking(port, "/pause")).status).toBe(405);
  expect(actions).toEqual([]);
  expect(await post("/pause", { Origin: own, "Sec-Fetch-Site": "same-origin" })).toBe(200);
  expect(await post("/resume", { Origin: own })).toBe(200);
  expect(actions).toEqual(["pause", "resume"]);
  expect(await post("/events", { Origin: own })).toBe(405);
  expect((await asking(port, "/", { method: "DELETE", headers: { Origin: own } })).status).toBe(405);
});

test("pageServer() tells other pages nothing", async () => {
  const { port } = await serving();
  const from = (site: string, mode: string) => ({
    headers: { "Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode },
  });
  expect((await asking(port, "/events", from("cross-site", "cors"))).status).toBe(403);
  expect((await asking(port, "/page.js", from("same-site", "no-cors"))).status).toBe(403);
  expect((await asking(port, "/", from("cross-site", "navigate"))).status).toBe(200); // a link leads here
});

test("pageServer() has no pause when there is nothing to pause", async () => {
  const { port } = await serving({ control: undefined });
  const headers = { Origin: `http://127.0.0.1:${port}` };
  expect((await asking(port, "/pause", { method: "POST", headers })).status).toBe(404);
});

test("pageServer() wants its token, from a header, a cookie, or once from the address", async () => {
  const token = "correct horse battery";
  const { port, url } = await serving({ token });
  expect(url).toBe(`http://127.0.0.1:${port}/?token=correct%20horse%20battery`);
  for (const path of ["/", "/events", "/page.js", "/?token=", "/?token=wrong", "/?token=correct"])
    expect((await asking(port, path)).status).toBe(401);
  const status = async (headers: Readonly<Record<string, string>>) =>
    (await asking(port, "/", { headers })).status;
  expect(await status({ Authorization: `Bearer ${token}` })).toBe(200);
  expect(await status({ Authorization: "Bearer correct" })).toBe(401);
  expect(await status({ Cookie: `rxgrad-${port}=${"0".repeat(64)}` })).toBe(401);

  const entered = await asking(port, new URL(url).pathname + new URL(url).search);
  expect(entered.status).toBe(303);
  expect(entered.headers.location).toBe("./");
  const [cookie] = entered.headers["set-cookie"]!;
  expect(cookie).toContain("HttpOnly; SameSite=Strict");
  expect(cookie).not.toContain("horse");
  const brought = cookie!.split(";")[0]!;
  expect(await status({ Cookie: `other=1; ${brought}` })).toBe(200);
  const post = { method: "POST", headers: { Cookie: brought, Origin: "http://evil.example" } };
  expect((await asking(port, "/pause", post)).status).toBe(403);
});

test("pageServer() with a token serves other addresses of this machine, and refuses them without", async (context) => {
  const address = Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === "IPv4" && !one.internal)?.address;
  if (address === undefined) context.skip("This machine has no address but its own.");
  const token = "0123456789abcdef";
  const { url } = await serving({ host: "0.0.0.0", token });
  const there = new URL(url);
  const headers = { Authorization: `Bearer ${token}` };
  expect((await fetch(`http://${address}:${there.port}/`, { headers })).status).toBe(200);
  expect((await fetch(`http://${address}:${there.port}/`)).status).toBe(401);
});

test("pageServer() says so when its port is taken, and gives its own back", async () => {
  const { port } = await serving();
  const failure = await new Promise<Error>((failed) => {
    opened.push(
      pageServer({
        port,
        host: "127.0.0.1",
        hosts: [],
        token: undefined,
        hello: () => hello,
        control: undefined,
        listening: () => {},
        failed,
      }),
    );
  });
  expect(failure.message).toContain("EADDRINUSE");
  for (const server of opened.splice(0)) server.close({ reason: "stopped" });
  const next = createServer().listen(port, "127.0.0.1");
  await once(next, "listening");
  await new Promise((closed) => next.close(closed));
});
