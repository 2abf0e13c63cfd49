import type { NatsConnection } from "@nats-io/transport-node";
import type { Redis } from "ioredis";
import { quarantine } from "rxgrad";
import { fromJetStream } from "rxgrad/nats";
import { fromRedisStream } from "rxgrad/redis";
import { merge, tap } from "rxjs";
import type { Reading } from "./keepReadings.ts";

/** Each reading goes to one of the processes that do this; what one leaves behind comes to another. */
export const shareReadings = (
  connection: NatsConnection,
  redis: Redis,
  name: string,
  work: (reading: Reading) => void,
) => {
  const bad = quarantine();
  const refusing = { onInvalid: "skip", rejected: bad.put, maxBytes: 10_000 } as const;
  return merge(
    fromJetStream<Reading>(connection, {
      stream: "readings",
      durable: "workers",
      ackWait: 5000,
      ...refusing,
    }),
    fromRedisStream<Reading>(redis, { stream: "readings", group: "workers", consumer: name, ...refusing }),
  ).pipe(
    tap(({ value, ack }) => {
      work(value);
      ack();
    }),
  );
};
