import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { expect, it } from "vitest";
import { natsLog } from "../../src/scale/natsLog.ts";
import { hasNatsServer, natsServer } from "../support/natsServer.ts";
import { needs } from "../support/needs.ts";

it("natsLog() gives a blob whose chunks are gone, in part or changed as one without bytes, and waits for none", async (test) => {
  needs(test, "nats-server", hasNatsServer);
  const server = await natsServer();
  const connection = await connect({ servers: server.servers });
  const log = natsLog(connection, { name: "log" });
  const manager = await jetstreamManager(connection);
  const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => i % 251);
  const chunks = "$O.log.C.>";
  const subjectOf = async (): Promise<string> => {
    const { state } = await manager.streams.info("OBJ_log", { subjects_filter: chunks });
    return Object.keys(state.subjects!)[0]!;
  };
  const damages: readonly (() => Promise<unknown>)[] = [
    () => manager.streams.purge("OBJ_log", { filter: chunks }),
    () => manager.streams.purge("OBJ_log", { filter: chunks, keep: 1 }),
    async () => connection.publish(await subjectOf(), "garbage"),
    async () => {
      const subject = await subjectOf();
      await manager.streams.purge("OBJ_log", { filter: chunks, keep: 2 });
      connection.publish(subject, "garbage");
    },
  ];
  try {
    for (const damage of damages) {
      await log.putBlob("blob", bytes);
      expect(Buffer.compare((await log.getBlob("blob"))!, bytes)).toBe(0);
      await damage();
      await connection.flush();
      expect(await log.getBlob("blob")).toEqual(new Uint8Array(0));
      await log.putBlob("blob", bytes.subarray(1));
      expect(Buffer.compare((await log.getBlob("blob"))!, bytes.subarray(1))).toBe(0);
      await log.deleteBlob("blob");
      expect(await log.getBlob("blob")).toBeUndefined();
    }
  } finally {
    await log.close();
    await connection.close();
    await server.stop();
  }
});
