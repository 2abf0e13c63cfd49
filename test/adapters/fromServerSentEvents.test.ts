import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { deliveries } from "rxgrad/sources";
import { type FromServerSentEventsOptions, fromServerSentEvents } from "rxgrad/sse";
import { lastValueFrom, map, take, tap, toArray } from "rxjs";
import { afterEach, expect, it } from "vitest";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const serving = async (
  answer: (request: IncomingMessage, response: ServerResponse, visit: number) => void,
) => {
  const sockets = new Set<Socket>();
  let visits = 0;
  const server = createServer((request, response) => {
    if (request.url === "/json") response.setHeader("content-type", "application/json");
    else response.setHeader("content-type", "text/event-stream; charset=utf-8");
    answer(request, response, visits++);
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    sockets,
    visits: () => visits,
  };
};
const read = <T>(url: string, count: number, options: FromServerSentEventsOptions = {}) =>
  lastValueFrom(
    fromServerSentEvents(url, { retry: 1, ...options }).pipe(
      map(({ value }) => JSON.parse(value.data) as T),
      take(count),
      toArray(),
    ),
  );
const until = async (met: () => boolean): Promise<void> => {
  while (!met()) await new Promise((turn) => setTimeout(turn, 1));
};

it("fromServerSentEvents() reads on behind the last id when the connection breaks, so that each event comes once", async () => {
  const { url, visits } = await serving(({ headers }, response) => {
    const last = Number(headers["last-event-id"] ?? -1);
    for (let i = last + 1; i < last + 4; i++) response.write(`id: ${i}\ndata: ${i}\n\n`);
    response.write("data: cut", () => response.destroy());
  });
  expect(await read(url, 10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(visits()).toBeGreaterThanOrEqual(4);
});

it("fromServerSentEvents() begins behind the position of a ledger, and leaves out what comes again", async () => {
  const asked: unknown[] = [];
  const { url } = await serving(({ headers }, response, visit) => {
    asked.push(headers["last-event-id"]);
    if (visit === 0) response.end("id: a\ndata: 1\n\ndata: 2\n\n");
    else response.end("data: 2\n\ndata: 3\n\nid: b\ndata: 4\n\n"); // what came after a, which is told by its id alone
  });
  const first = deliveries({ ack: "learned" });
  const source = (ledger: typeof first, count: number) =>
    lastValueFrom(
      fromServerSentEvents(url, { retry: 1, after: ledger.from(url) }).pipe(
        ledger.receive(),
        map(({ data }) => Number(data)),
        take(count),
        toArray(),
      ),
    );
  expect(await source(first, 2)).toEqual([1, 2]);
  expect(first.position().at).toEqual({ [url]: { id: "a", n: 1 } });
  const second = deliveries({ ack: "learned", from: first.position() });
  expect(second.from(url)).toEqual({ id: "a", n: 1 });
  expect(asked).toEqual([undefined]);
  expect(await source(second, 2)).toEqual([3, 4]);
  expect(asked[1]).toBe("a");
  expect(second.counts().redelivered).toBe(1);
});

it("fromServerSentEvents() waits as long as the server says, passes names on, and ends at 204", async () => {
  const { url, visits } = await serving((_, response, visit) => {
    if (visit === 2) response.writeHead(204).end();
    else
      response.end(visit === 0 ? "retry: 2\n\n: comment\nevent: trade\ndata: 1\ndata: 2\n\n" : "data: é\n\n");
  });
  const events$ = fromServerSentEvents(url, { retry: 1e9, maxRetry: 1e9 }).pipe(map(({ value }) => value), toArray()); // biome-ignore format: a line
  expect(await lastValueFrom(events$)).toEqual([{ event: "trade", data: "1\n2" }, { event: "message", data: "é" }]); // biome-ignore format: a line
  expect(visits()).toBe(3);
});

it("fromServerSentEvents() tries again while the server fails, and ends with an error when it refuses", async () => {
  const { url } = await serving((_, response, visit) => {
    if (visit < 3) response.writeHead(503).end();
    else response.end("data: 7\n\n");
  });
  expect(await read(url, 1)).toEqual([7]);
  const gone = await serving((_, response) => response.writeHead(403).end());
  await expect(read(gone.url, 1)).rejects.toThrow(/a stream of events, got 403/);
  const json = await serving((_, response) => response.end("{}"));
  await expect(read(`${json.url}json`, 1)).rejects.toThrow(/a stream of events, got application\/json/);
  const long = await serving((_, response) => response.write(`data: ${"1".repeat(200)}`));
  await expect(read(long.url, 1, { maxEvent: 100 })).rejects.toThrow(/at most 100 characters/);
});

it("fromServerSentEvents() lets go of a silent connection, and of a wait", async () => {
  const { url, sockets, visits } = await serving((_, response) => response.flushHeaders());
  const subscription = fromServerSentEvents(url).subscribe();
  await until(() => visits() === 1);
  subscription.unsubscribe();
  await until(() => sockets.size === 0);

  const gone = await serving((_, response) => response.end());
  const waiting = fromServerSentEvents(gone.url, { retry: 1e9, maxRetry: 1e9 }).subscribe(); // a timer that would hold the process
  await until(() => gone.visits() === 1);
  waiting.unsubscribe();
});

it("fromServerSentEvents() is paced: what is not learned yet stays with the server", async () => {
  const total = 3000;
  const line = `data: "${"x".repeat(10_000)}"\n\n`;
  let sent = 0;
  const { url } = await serving((_, response) => {
    const write = (): void => {
      while (sent < total) {
        sent++;
        if (!response.write(line)) {
          response.once("drain", write);
          return;
        }
      }
      response.end();
    };
    write();
  });
  let lead = 0;
  let taken = 0;
  await lastValueFrom(
    fromServerSentEvents(url, { ahead: 4 }).pipe(
      tap(() => {
        const until = performance.now() + 0.5; // as if it learned
        while (performance.now() < until);
        lead = Math.max(lead, sent - ++taken);
      }),
      take(total),
    ),
  );
  expect(taken).toBe(total);
  expect(lead).toBeLessThan(total / 2);
});

it("fromServerSentEvents() comes again to a server that was killed and started again, so that each event comes once", async () => {
  const program = `
    const [port, count] = process.argv.slice(1).map(Number);
    require("node:http").createServer(({ headers }, response) => {
      response.setHeader("content-type", "text/event-stream");
      let next = Number(headers["last-event-id"] ?? -1) + 1;
      const timer = setInterval(() => {
        if (next < count) response.write("id: " + next + "\\ndata: " + next++ + "\\n\\n");
      }, 1);
      response.on("close", () => clearInterval(timer));
    }).listen(port, "127.0.0.1", function () { console.log(this.address().port); });
  `;
  const count = 60;
  const start = async (port: number): Promise<{ kill: () => Promise<void>; port: number }> => {
    const child = spawn(process.execPath, ["-e", program, String(port), String(count)]);
    closing.push(() => child.kill("SIGKILL"));
    const [said] = await once(child.stdout, "data");
    const kill = async (): Promise<void> => {
      const exit = once(child, "exit");
      child.kill("SIGKILL");
      await exit;
    };
    return { kill, port: Number(said) };
  };
  let server = await start(0);
  const { port } = server;
  let kills = 0;
  const again = async (): Promise<void> => {
    await server.kill();
    kills++;
    server = await start(port);
  };
  const got: number[] = [];
  let restarted = Promise.resolve();
  const events$ = fromServerSentEvents(`http://127.0.0.1:${port}/`, { retry: 5, maxRetry: 50 });
  await lastValueFrom(
    events$.pipe(
      map(({ value }) => Number(value.data)),
      tap((n) => {
        got.push(n);
        if (n === 15 || n === 40) restarted = restarted.then(again);
      }),
      take(count),
    ),
  );
  await restarted;
  expect(kills).toBe(2);
  expect(got).toEqual(Array.from({ length: count }, (_, i) => i));
});
