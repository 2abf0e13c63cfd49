import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { fromWebSocket, toWebSocket, type WebSocketConstructor } from "rxgrad/websocket";
import { lastValueFrom, NEVER, range, Subject, take, tap, toArray } from "rxjs";
import { afterEach, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";

const servers: WebSocketServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    for (const client of server.clients) client.terminate();
    server.close();
  }
});
const serving = async (port = 0) => {
  const server = new WebSocketServer({ port, host: "127.0.0.1", perMessageDeflate: false });
  servers.push(server);
  await once(server, "listening");
  return { server, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` };
};
const until = async (met: () => boolean): Promise<void> => {
  while (!met()) await new Promise((turn) => setTimeout(turn, 1));
};
/** The WebSocket of browsers, which cannot be paused. */
const unpausable = class extends WebSocket {
  override pause = undefined as never;
  override resume = undefined as never;
} as WebSocketConstructor;

it("fromWebSocket() brings messages as JSON, text or bytes, and ends when the server says so", async () => {
  const { server, url } = await serving();
  server.on("connection", (socket) => {
    socket.send("[1]");
    socket.send(new TextEncoder().encode("[2]"));
    socket.close(1000);
  });
  expect(await lastValueFrom(fromWebSocket(url, { WebSocket }).pipe(toArray()))).toEqual([[1], [2]]);
  const decode = (message: string | Uint8Array) => typeof message;
  expect(await lastValueFrom(fromWebSocket(url, { WebSocket, decode }).pipe(toArray()))).toEqual(["string", "object"]); // biome-ignore format: a line
});

it("fromWebSocket() connects again after the server was killed", async () => {
  const { server, url } = await serving();
  const first = new Subject<void>();
  server.on("connection", (socket) => socket.send("1", () => first.next()));
  const seen: unknown[] = [];
  const subscription = fromWebSocket(url, { WebSocket, retry: 5, maxRetry: 20 }).subscribe((n) =>
    seen.push(n),
  );
  await until(() => seen.length === 1);
  for (const client of server.clients) client.terminate();
  server.close();
  await once(server, "close");
  const again = await serving(Number(new URL(url).port));
  again.server.on("connection", (socket) => socket.send("2"));
  await until(() => seen.length === 2);
  expect(seen).toEqual([1, 2]);
  subscription.unsubscribe();
  await until(() => again.server.clients.size === 0); // a silent connection
});

it("fromWebSocket() pauses a socket of ws, so that the server keeps what is not learned yet, and nothing is lost", async () => {
  const { server, url } = await serving();
  const total = 3000;
  const text = JSON.stringify("x".repeat(10_000));
  let sent = 0;
  server.on("connection", async (socket) => {
    for (; sent < total; sent++) {
      socket.send(text);
      while (socket.bufferedAmount > 100_000) await new Promise((turn) => setTimeout(turn, 1));
    }
    socket.close(1000);
  });
  let [taken, lead, peak] = [0, 0, 0];
  await lastValueFrom(
    fromWebSocket(url, { WebSocket, capacity: 64, load: (load) => (peak = load.peak), ms: 1 }).pipe(
      tap(() => {
        const end = performance.now() + 0.5; // as if it learned
        while (performance.now() < end);
        lead = Math.max(lead, sent - ++taken);
      }),
    ),
  );
  expect(taken).toBe(total);
  expect(peak).toBeLessThanOrEqual(64);
  expect(lead).toBeLessThan(total / 2);
});

it("fromWebSocket() needs a policy where the socket cannot be paused", async () => {
  const { server, url } = await serving();
  server.on("connection", (socket) => {
    for (let i = 0; i < 1000; i++) socket.send(String(i));
    socket.close(1000);
  });
  const busy = () => {
    const end = performance.now() + 0.2;
    while (performance.now() < end);
  };
  const options = { WebSocket: unpausable, capacity: 10, ms: 1 };
  await expect(lastValueFrom(fromWebSocket(url, options).pipe(tap(busy)))).rejects.toThrow(
    /backpressure\(\) expects/,
  );
  let dropped = 0;
  const kept = await lastValueFrom(
    fromWebSocket(url, { ...options, overflow: "dropOldest", dropped: () => dropped++ }).pipe(
      tap(busy),
      toArray(),
    ),
  );
  expect(kept.length + dropped).toBe(1000);
});

it("fromWebSocket() refuses bad messages, or leaves them out", async () => {
  const { server, url } = await serving();
  server.on("connection", (socket) => {
    for (const text of ["1", "{", `"${"x".repeat(100)}"`, "2"]) socket.send(text);
    socket.close(1000);
  });
  const reasons: string[] = [];
  const rejected = (_: unknown, { message }: Error) => reasons.push(message);
  const options = { WebSocket, maxBytes: 50, onInvalid: "skip", rejected } as const;
  expect(await lastValueFrom(fromWebSocket(url, options).pipe(toArray()))).toEqual([1, 2]);
  expect(reasons).toEqual([expect.stringContaining("JSON"), expect.stringContaining("at most 50 bytes")]);
  await expect(lastValueFrom(fromWebSocket(url, { WebSocket }))).rejects.toThrow("JSON in UTF-8");
  expect(() => fromWebSocket(url, { WebSocket, overflow: "none" as "error" })).toThrow(/as overflow/);
  expect(() => fromWebSocket(url, { WebSocket: 7 as never })).toThrow(/the WebSocket of the package ws/);
});

it("fromWebSocket() stops trying when nobody listens any more", async () => {
  const { server, url } = await serving();
  server.close();
  await once(server, "close");
  const errors: unknown[] = [];
  const subscription = fromWebSocket(url, { WebSocket, retry: 1e9, maxRetry: 1e9 }).subscribe({ error: (e) => errors.push(e) }); // biome-ignore format: a line
  await new Promise((turn) => setTimeout(turn, 20));
  subscription.unsubscribe(); // else a timer would hold the process
  expect(errors).toEqual([]);
});

it("toWebSocket() sends all, over a lost connection too, and completes when it is sent", async () => {
  const { server, url } = await serving();
  const got: string[] = [];
  server.on("connection", (socket) => socket.on("message", (data) => got.push(String(data))));
  expect(await lastValueFrom(range(0, 5).pipe(toWebSocket(url, { WebSocket }), toArray()))).toEqual([
    0, 1, 2, 3, 4,
  ]);
  await until(() => got.length === 5);

  const items = new Subject<number>();
  await until(() => server.clients.size === 0); // that of before
  const subscription = items.pipe(toWebSocket(url, { WebSocket, retry: 5 })).subscribe();
  await once(server, "connection");
  const again = once(server, "connection");
  for (const client of server.clients) client.terminate();
  await again;
  items.next(7);
  await until(() => got.length === 6);
  expect(got).toEqual(["0", "1", "2", "3", "4", "7"]);
  subscription.unsubscribe();
  await until(() => server.clients.size === 0);
});

it("toWebSocket() does not let more wait than capacity", async () => {
  const { server, url } = await serving();
  server.close();
  await once(server, "close");
  const sending = (items: number) =>
    lastValueFrom(range(0, items).pipe(toWebSocket(url, { WebSocket, capacity: 10, retry: 5 })));
  await expect(sending(100)).rejects.toThrow(/at most 10 bytes that wait, got more/);
  NEVER.pipe(toWebSocket(url, { WebSocket }), take(1)).subscribe().unsubscribe();
});
