import type { NatsConnection } from "@nats-io/transport-node";
import type { Redis } from "ioredis";
import type { Sample } from "rxgrad";
import { jetStreamInput, natsLog } from "rxgrad/nats";
import { redisInput, redisLog } from "rxgrad/redis";

/** What learning on several machines stands on, in NATS. */
export const onNats = (connection: NatsConnection) => ({
  log: natsLog(connection, { name: "fraud" }),
  input: jetStreamInput<Sample>(connection, { stream: "samples", subjects: ["samples.0", "samples.1"] }),
});

/** The same in Redis. */
export const onRedis = (redis: Redis) => ({
  log: redisLog(redis, { name: "fraud" }),
  input: redisInput<Sample>(redis, { streams: ["samples:0", "samples:1"] }),
});
