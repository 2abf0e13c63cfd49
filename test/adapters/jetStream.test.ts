import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { expect, it } from "vitest";
import { fromJetStream } from "../../src/adapters/fromJetStream.ts";
import { jetStreamMessages } from "../../src/adapters/jetStreamMessages.ts";
import { toJetStream } from "../../src/adapters/toJetStream.ts";
import { hasNatsServer, natsServer } from "../support/natsServer.ts";
import { needs } from "../support/needs.ts";
import { brokerLaws } from "./brokerLaws.ts";

const open = async () => {
  const server = await natsServer();
  const connection = await connect({
    servers: server.servers,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 20,
  });
  const manager = await jetstreamManager(connection);
  const end = async (): Promise<void> => {
    await connection.close();
    await server.stop();
  };
  return { server, connection, manager, end };
};

brokerLaws<number>(
  ["fromJetStream()", "toJetStream()"],
  { name: "nats-server", available: hasNatsServer },
  async () => {
    const { server, connection, manager, end } = await open();
    let streams = 0;
    return {
      stream: async () => {
        const stream = `s${++streams}`;
        await manager.streams.add({ name: stream, subjects: [stream] });
        const consumers = async () => {
          const found = [];
          for await (const info of manager.consumers.list(stream)) found.push(info);
          return found;
        };
        return {
          read: (after, options) =>
            fromJetStream<number>(connection, { stream, after, ahead: 16, ...options }),
          share: (_, options) =>
            fromJetStream<number>(connection, { stream, durable: "d", ackWait: 300, ahead: 16, ...options }),
          store: (options) => toJetStream<number>(connection, { subject: stream, ...options }),
          spoil: async () => void (await jetstream(connection).publish(stream, "{")),
          readers: async () => (await consumers()).length,
          unacked: async () => (await manager.consumers.info(stream, "d")).num_ack_pending,
        };
      },
      crash: async () => {
        await server.kill();
        await server.restart();
      },
      end,
    };
  },
);

it("jetStreamMessages() asks for no more than is wanted ahead", async (test) => {
  needs(test, "nats-server", hasNatsServer);
  const { connection, manager, end } = await open();
  await manager.streams.add({ name: "s", subjects: ["s"] });
  for (let i = 0; i < 50; i++) await jetstream(connection).publish("s", String(i));
  const leaving = new AbortController();
  const messages = jetStreamMessages(connection, "s", { from: 1, ahead: 8, signal: leaving.signal });
  for (let read = 1; read <= 20; read++) {
    await messages.next();
    const [info] = await manager.consumers.list("s").next();
    expect(info!.delivered.consumer_seq).toBe(Math.ceil(read / 8) * 8);
  }
  leaving.abort();
  expect((await messages.next()).done).toBe(true);
  await end();
});

it("jetStreamMessages() goes on where it was when the server has forgotten its reader", async (test) => {
  needs(test, "nats-server", hasNatsServer);
  const { connection, manager, end } = await open();
  await manager.streams.add({ name: "s", subjects: ["s"] });
  for (let i = 0; i < 30; i++) await jetstream(connection).publish("s", String(i));
  const leaving = new AbortController();
  const found: number[] = [];
  for await (const message of jetStreamMessages(connection, "s", {
    from: 1,
    ahead: 4,
    signal: leaving.signal,
  })) {
    found.push(Number(message.string()));
    if (found.length === 12)
      for await (const { name } of manager.consumers.list("s")) await manager.consumers.delete("s", name);
    if (found.length === 30) break;
  }
  leaving.abort();
  expect(found).toEqual(Array.from({ length: 30 }, (_, i) => i));
  await end();
});

it("fromJetStream() ends with an error when the connection is closed for good", async (test) => {
  needs(test, "nats-server", hasNatsServer);
  const { connection, manager, end } = await open();
  await manager.streams.add({ name: "s", subjects: ["s"] });
  const error = await new Promise<Error>((resolve) => {
    fromJetStream(connection, { stream: "s" }).subscribe({ error: resolve });
    manager.consumers
      .list("s")
      .next()
      .then(() => connection.close());
  });
  expect(error.name).toBe("ClosedConnectionError");
  await end();
});

it("fromJetStream() ends with the error of a stream that there is not, and refuses options", async (test) => {
  needs(test, "nats-server", hasNatsServer);
  const { connection, end } = await open();
  const error = await new Promise<Error>((resolve) => {
    fromJetStream(connection, { stream: "none" }).subscribe({ error: resolve });
  });
  expect(error.message).toContain("stream not found");
  expect(() => fromJetStream(connection, { stream: "s", after: 1, durable: "d" })).toThrow(
    "after or durable",
  );
  expect(() => fromJetStream(connection, { stream: "s", ahead: 0 })).toThrow("ahead");
  expect(() => fromJetStream(connection, { stream: "s", onInvalid: "no" as "skip" })).toThrow("onInvalid");
  expect(() => fromJetStream(connection, { stream: "s", name: "x" } as never)).toThrow("options named");
  await end();
});
