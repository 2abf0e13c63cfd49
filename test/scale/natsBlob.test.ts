import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { expect, it } from "vitest";
import { natsBlob } from "../../src/scale/natsBlob.ts";
import { type NatsEngine, natsEngine } from "../../src/scale/natsEngine.ts";
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

it("natsLog() does not wait for a blob that is deleted, or put anew, while it is read", async (test) => {
  needs(test, "nats-server", hasNatsServer);
  const server = await natsServer();
  const connection = await connect({ servers: server.servers });
  const engine = natsEngine("test", connection, "log", ["log.log.*"], 1);
  const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => i % 251);
  /** An engine whose blobs lose their chunks at the last moment before they are read. */
  const late = (meanwhile: () => Promise<unknown>): Pick<NatsEngine, "call"> => ({
    call: (work) =>
      engine.call((stores) => {
        const { blobs, manager } = stores;
        const lose = async (name: string) => {
          await manager.streams.purge("OBJ_log", { filter: "$O.log.C.>" });
          const found = await blobs.get(name);
          await meanwhile();
          return found;
        };
        const losing = new Proxy(blobs, {
          get: (target, key) => (key === "get" ? lose : Reflect.get(target, key).bind(target)),
        });
        return work({ ...stores, blobs: losing });
      }),
  });
  try {
    const put = () => engine.call(({ blobs }) => blobs.putBlob({ name: "blob" }, bytes));
    await put();
    const remove = () => engine.call(({ blobs }) => blobs.delete("blob"));
    expect(await natsBlob(late(remove), "log", "blob")).toBeUndefined();
    await put();
    let again: Promise<unknown> | undefined;
    const anew = late(async () => {
      again ??= put();
      await again;
    });
    expect(await natsBlob(anew, "log", "blob")).toEqual(new Uint8Array(0)); // lost twice
    await put();
    expect(Buffer.compare((await natsBlob(engine, "log", "blob"))!, bytes)).toBe(0);
  } finally {
    engine.close();
    await connection.close();
    await server.stop();
  }
});
