import { Redis } from "ioredis";
import { redisInput } from "../../src/scale/redisInput.ts";
import { hasRedisServer, redisServer } from "../support/redisServer.ts";
import { partitionedInputLaws, type Told } from "./partitionedInputLaws.ts";

partitionedInputLaws("redisInput()", { name: "redis-server", available: hasRedisServer }, async () => {
  const server = await redisServer();
  const redis = new Redis({
    host: "127.0.0.1",
    port: server.port,
    retryStrategy: () => 20,
    maxRetriesPerRequest: null,
  });
  redis.on("error", () => {}); // the server is killed
  let sources = 0;
  return {
    source: async () => {
      const streams = [0, 1, 2].map((partition) => `in-${sources}-${partition}`);
      sources++;
      return {
        open: async (options = {}) => redisInput<Told>(redis, { streams, ...options }),
        send: async (partition, text) => void (await redis.xadd(streams[partition]!, "*", "data", text)),
      };
    },
    crash: async () => {
      await server.kill();
      await server.restart();
    },
    end: async () => {
      redis.disconnect();
      await server.stop();
    },
  };
});
