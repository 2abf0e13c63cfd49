import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { expect, it } from "vitest";
import { toJetStream } from "../../src/adapters/toJetStream.ts";
import { hasNatsServer, natsServer } from "../support/natsServer.ts";
import { needs } from "../support/needs.ts";
import { killedLearner } from "./killedLearner.ts";

it("learnFromNats() comes to the same bits when it is killed again and again, and its server too", async (test) => {
  needs(test, "nats-server", hasNatsServer);
  const server = await natsServer();
  const { servers } = server;
  const connection = await connect({ servers, maxReconnectAttempts: -1, reconnectTimeWait: 20 });
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: "samples", subjects: ["samples"] });
  try {
    const store = toJetStream(connection, { subject: "samples", capacity: 100_000 });
    await killedLearner("nats.ts", servers, server, store);
    expect((await manager.streams.info("samples")).state.messages).toBe(12_800);
  } finally {
    await connection.close();
    await server.stop();
  }
});
