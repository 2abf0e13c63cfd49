import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, test } from "vitest";
import { audience } from "../../src/dashboard/audience.ts";

/** An audience behind a server, and how to join it: `read` counts what arrived. */
const theatre = async (options: Parameters<typeof audience>[0]) => {
  const present = audience(options);
  const admitted: boolean[] = [];
  const server = createServer((_, response) => {
    admitted.push(present.admit(response, "first"));
    if (!admitted.at(-1)) response.writeHead(503).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    present,
    admitted,
    join: async () => {
      const socket = connect(port, "127.0.0.1");
      socket.on("error", () => {}); // being dropped is one
      await once(socket, "connect");
      socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
      await once(socket, "readable");
      return socket;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
};

test("audience() drops who does not read, and goes on telling who does", { timeout: 20_000 }, async () => {
  const { present, join, close } = await theatre({ limit: 1 << 18 });
  const slow = await join(); // never reads
  const quick = await join();
  let arrived = 0;
  quick.on("data", (chunk: Buffer) => {
    arrived += chunk.length;
  });
  expect(present.size).toBe(2);
  const message = "x".repeat(1 << 17);
  let told = 0;
  while (present.size === 2 && told < 1000) {
    present.tell(message);
    told++;
    while (arrived < told * message.length) await once(quick, "data");
  }
  expect(present.size).toBe(1);
  expect(told).toBeLessThan(200); // what the system keeps for a socket, and the limit
  const before = arrived;
  present.tell("more");
  while (arrived === before) await once(quick, "data");
  slow.resume();
  if (!slow.closed) await once(slow, "close");
  quick.destroy();
  await close();
});

test("audience() has no more seats than it says, and gives one back when somebody leaves", async () => {
  const { present, admitted, join, close } = await theatre({ seats: 1 });
  const first = await join();
  const second = await join();
  expect(admitted).toEqual([true, false]);
  second.destroy();
  first.destroy();
  await expect.poll(() => present.size).toBe(0);
  await join();
  expect(admitted).toEqual([true, false, true]);
  await close();
});

test("audience() tells the last message to the end, and lets all go", async () => {
  const { present, join, close } = await theatre({});
  const socket = await join();
  let text = "";
  socket.on("data", (chunk: Buffer) => {
    text += chunk;
  });
  const last = `last ${"x".repeat(1e6)} word`;
  present.dismiss(last);
  expect(present.size).toBe(0);
  await once(socket, "close");
  expect(text).toContain("last x");
  expect(text).toContain("x word");
  await close();
});
