import { Redis } from "ioredis";
import { expect, it } from "vitest";
import { redisLog } from "../../src/scale/redisLog.ts";
import { needs } from "../support/needs.ts";
import { hasRedisServer, redisServer } from "../support/redisServer.ts";
import { redisStranger } from "./strangers.ts";
import { updateLogLaws } from "./updateLogLaws.ts";

updateLogLaws(
  "redisLog()",
  async () => {
    const server = await redisServer();
    const connections: Redis[] = [];
    return {
      log: async (name) => {
        const redis = new Redis({ host: "127.0.0.1", port: server.port, retryStrategy: () => 20 });
        redis.on("error", () => {}); // the server is killed
        connections.push(redis);
        return redisLog(redis, { name });
      },
      crash: async () => {
        await server.kill();
        await server.restart();
      },
      writeForeign: (name, writer) => redisStranger(connections[0]!)(name, writer),
      end: async () => {
        for (const redis of connections) redis.disconnect();
        await server.stop();
      },
    };
  },
  { name: "redis-server", available: hasRedisServer },
);

it("redisLog() sets a pointer, and tells of it, whatever id a stranger has given it", async (test) => {
  needs(test, "redis-server", hasRedisServer);
  const server = await redisServer();
  const redis = new Redis(server.port, "127.0.0.1");
  const log = redisLog(redis, { name: "log" });
  const key = "{log}:pointer:version";
  const leaving = new AbortController();
  const told: string[] = [];
  let tell = (): void => {};
  const watching = (async () => {
    for await (const { value } of log.watchPointer("version", leaving.signal)) {
      told.push(value);
      tell();
    }
  })();
  const heard = async (value: string): Promise<void> => {
    while (told.at(-1) !== value)
      await new Promise<void>((resolve) => {
        tell = resolve;
      });
  };
  try {
    let revision = await log.setPointer("version", "0", 0);
    await heard("0");
    const ids = ["9007199254740990-7", "9007199254740991-0", "18446744073709551615-18446744073709551615"];
    for (const id of ["*", ...ids]) {
      await redis.xadd(key, id, "garbage", "x", "y", id);
      await heard(id);
      const foreign = (await log.getPointer("version"))!;
      expect(foreign.value).toBe(id);
      const stale = log.setPointer("version", "stale", revision);
      await expect(stale).rejects.toThrow("expects");
      const next = await log.setPointer("version", `after ${id}`, foreign.revision);
      expect([Number.isSafeInteger(next), next > revision]).toEqual([true, true]);
      revision = next;
      await heard(`after ${id}`);
      revision = await log.setPointer("version", `behind ${id}`, revision);
      await heard(`behind ${id}`);
      expect(await log.getPointer("version")).toEqual({ value: `behind ${id}`, revision });
    }
  } finally {
    leaving.abort();
    await watching;
    await log.close();
    redis.disconnect();
    await server.stop();
  }
});
