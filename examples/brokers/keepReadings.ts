import type { NatsConnection } from "@nats-io/transport-node";
import type { Redis } from "ioredis";
import { fromNats, toJetStream, toNats } from "rxgrad/nats";
import { toRedisStream } from "rxgrad/redis";
import { map, merge } from "rxjs";

export interface Reading {
  readonly sensor: string;
  readonly heat: number;
}

/** Readings that nobody keeps become streams that a learner can read again; wild ones are told to whoever listens. */
export const keepReadings = (connection: NatsConnection, redis: Redis) => {
  const readings$ = fromNats<Reading>(connection, "sensors.>", { capacity: 1000, overflow: "dropOldest" });
  return merge(
    readings$.pipe(toJetStream(connection, { subject: ({ sensor }) => `readings.${sensor}` })),
    readings$.pipe(toRedisStream(redis, { stream: "readings", keep: 1_000_000 })),
    readings$.pipe(
      map(({ sensor, heat }) => ({ sensor, wild: heat > 90 })),
      toNats(connection, { subject: "checked" }),
    ),
  );
};
