import { Redis } from "ioredis";
import { expect, it } from "vitest";
import { toRedisStream } from "../../src/adapters/toRedisStream.ts";
import { needs } from "../support/needs.ts";
import { hasRedisServer, redisServer } from "../support/redisServer.ts";
import { killedLearner } from "./killedLearner.ts";

it("learnFromRedis() comes to the same bits when it is killed again and again, and its server too", async (test) => {
  needs(test, "redis-server", hasRedisServer);
  const server = await redisServer();
  const redis = new Redis(server.port, "127.0.0.1", { retryStrategy: () => 20 });
  redis.on("error", () => {}); // the server is killed
  try {
    const store = toRedisStream(redis, { stream: "samples", capacity: 100_000 });
    await killedLearner("redis.ts", String(server.port), server, store);
    expect(await redis.xlen("samples")).toBe(12_800);
  } finally {
    redis.disconnect();
    await server.stop();
  }
});
