import { jetstreamManager } from "@nats-io/jetstream";
import { connect, headers, type NatsConnection } from "@nats-io/transport-node";
import { expect, it } from "vitest";
import { natsLog } from "../../src/scale/natsLog.ts";
import { hasNatsServer, natsServer } from "../support/natsServer.ts";
import { needs } from "../support/needs.ts";
import { natsStranger } from "./strangers.ts";
import { updateLogLaws } from "./updateLogLaws.ts";

updateLogLaws(
  "natsLog()",
  async () => {
    const server = await natsServer();
    const connections: NatsConnection[] = [];
    return {
      log: async (name) => {
        const { servers } = server;
        connections.push(await connect({ servers, maxReconnectAttempts: -1, reconnectTimeWait: 20 }));
        return natsLog(connections.at(-1)!, { name });
      },
      crash: async () => {
        await server.kill();
        await server.restart();
      },
      writeForeign: (name, writer) => natsStranger(connections[0]!)(name, writer),
      end: async () => {
        await Promise.all(connections.map((connection) => connection.close()));
        await server.stop();
      },
    };
  },
  { name: "nats-server", available: hasNatsServer },
);

it("natsLog() reads on without a gap when what comes next is purged under a reader", async (test) => {
  needs(test, "nats-server", hasNatsServer);
  const server = await natsServer();
  const connection = await connect({ servers: server.servers });
  const log = natsLog(connection, { name: "log" });
  const last = new Map<string, number>();
  const append = async (writer: string): Promise<void> => {
    const expected = last.get(writer) ?? 0;
    last.set(writer, await log.append(writer, new Uint8Array(8), { expected, id: `${expected}` }));
  };
  try {
    for (const below of [60, 140, 220]) {
      await append(`idle-${below}`); // its last one stays
      const reading = new AbortController();
      const from = Math.max(1, below - 80);
      const seen: number[] = [];
      for (let i = 0; i < 80; i++) await append(`w${i % 3}`);
      for await (const { sequence } of log.read(from, reading.signal)) {
        seen.push(sequence);
        if (seen.length === 3) {
          await log.purge(below);
          await append("late");
        }
        if (sequence === last.get("late")) break;
      }
      reading.abort();
      const behind = seen.filter((sequence) => sequence >= below);
      const end = last.get("late")!;
      expect(behind).toEqual(Array.from({ length: end - below + 1 }, (_, i) => below + i));
      expect(seen.filter((sequence) => sequence < below)).toEqual(
        seen.filter((sequence) => sequence < below).map((_, i) => seen[0]! + i),
      );
    }
    expect(
      (await (await jetstreamManager(connection)).streams.info("log")).state.num_deleted,
    ).toBeGreaterThan(0);
  } finally {
    await log.close();
    await connection.close();
    await server.stop();
  }
});

it("natsLog() is made by several workers at once, and refuses a stream that has its subjects under another name", async (test) => {
  needs(test, "nats-server", hasNatsServer);
  const server = await natsServer();
  const connections = await Promise.all([1, 2, 3, 4].map(() => connect({ servers: server.servers })));
  try {
    for (let i = 0; i < 40; i++) {
      const logs = connections.map((connection) => natsLog(connection, { name: `log${i}` }));
      expect(await Promise.all(logs.map((log) => log.lastOf("a")))).toEqual([0, 0, 0, 0]);
      for (const log of logs) await log.close();
    }
    await (await jetstreamManager(connections[0]!)).streams.add({ name: "other", subjects: ["taken.>"] });
    await expect(natsLog(connections[0]!, { name: "taken" }).lastOf("a")).rejects.toThrow("overlap");
  } finally {
    await Promise.all(connections.map((connection) => connection.close()));
    await server.stop();
  }
});

it("natsLog() appends what has an id that a stranger has taken, and is not led by his mark", async (test) => {
  needs(test, "nats-server", hasNatsServer);
  const server = await natsServer();
  const connection = await connect({ servers: server.servers });
  const log = natsLog(connection, { name: "log" });
  const body = (value: number): Uint8Array => Uint8Array.of(value);
  try {
    const first = await log.append("a", body(1), { expected: 0, id: "1" });
    for (const subject of ["a", "b"])
      for (const id of ["a 2", "2"]) {
        const taken = headers();
        taken.set("Nats-Msg-Id", id);
        connection.publish(`log.log.${subject}`, "forged", { headers: taken });
      }
    connection.publish("$KV.log.log.purged", "999999999999999");
    await connection.flush();
    const second = await log.append("a", body(2), { expected: first, id: "2" });
    expect(await log.append("a", body(2), { expected: first, id: "2" })).toBe(second);
    const third = await log.append("a", body(3), { expected: second, id: "3" });
    const seen: number[] = [];
    const leaving = new AbortController();
    for await (const { sequence, foreign, body } of log.read(1, leaving.signal)) {
      if (!foreign) seen.push(...body);
      if (sequence === third) break;
    }
    leaving.abort();
    expect(seen).toEqual([1, 2, 3]);
    await log.purge(second);
    for await (const { sequence } of log.read(1, new AbortController().signal)) {
      expect(sequence).toBe(second);
      break;
    }
  } finally {
    await log.close();
    await connection.close();
    await server.stop();
  }
});

it("natsLog() appends behind a flood of strangers, and lets go of it once the writer has", async (test) => {
  needs(test, "nats-server", hasNatsServer);
  const server = await natsServer();
  const connection = await connect({ servers: server.servers });
  const log = natsLog(connection, { name: "log" });
  const manager = await jetstreamManager(connection);
  const body = Uint8Array.of(7);
  const flood = async (): Promise<void> => {
    for (let i = 0; i < 1500; i++) connection.publish(`log.log.${i % 5 === 0 ? "nobody" : "a"}`, "x");
    await connection.flush();
  };
  try {
    const first = await log.append("a", body, { expected: 0, id: "1" });
    await flood();
    const zombie = log.append("a", body, { expected: first + 1, id: "none" });
    await expect(zombie).rejects.toThrow("expects");
    const second = await log.append("a", body, { expected: first, id: "2" });
    expect(second).toBe(first + 1501);
    await expect(log.append("a", body, { expected: first, id: "3" })).rejects.toThrow("expects");
    await flood();
    const other = await log.append("b", body, { expected: 0, id: "1" });
    await log.purge(other);
    await log.purge(other);
    for await (const { sequence } of log.read(1, new AbortController().signal)) {
      expect(sequence).toBe(other);
      break;
    }
    await expect(log.append("a", body, { expected: first, id: "4" })).rejects.toThrow("expects");
    await flood();
    expect(await log.append("a", body, { expected: first, id: "2" })).toBe(second); // what was expected is purged
    expect(await log.append("a", body, { expected: second, id: "5" })).toBe(other + 1501);
    await log.purge(other + 1501);
    expect((await manager.streams.info("log")).state.messages).toBe(2); // the last of each writer
  } finally {
    await log.close();
    await connection.close();
    await server.stop();
  }
});
