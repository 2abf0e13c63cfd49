import { Redis } from "ioredis";
import { redisLog } from "../../src/scale/redisLog.ts";
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
