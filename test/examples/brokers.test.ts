import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { Redis } from "ioredis";
import { fromNats } from "rxgrad/nats";
import { lastValueFrom, take, toArray } from "rxjs";
import { expect, test } from "vitest";
import { keepReadings, type Reading } from "../../examples/brokers/keepReadings.ts";
import { onNats, onRedis } from "../../examples/brokers/logs.ts";
import { shareReadings } from "../../examples/brokers/shared.ts";
import { hasNatsServer, natsServer } from "../support/natsServer.ts";
import { needs } from "../support/needs.ts";
import { hasRedisServer, redisServer } from "../support/redisServer.ts";

test("brokers keep readings, share them, and keep logs", async (context) => {
  needs(context, "nats-server", hasNatsServer);
  needs(context, "redis-server", hasRedisServer);
  const [nats, server] = await Promise.all([natsServer(), redisServer()]);
  const connection = await connect({ servers: nats.servers });
  const redis = new Redis(server.port, "127.0.0.1");
  try {
    const manager = await jetstreamManager(connection);
    await manager.streams.add({ name: "readings", subjects: ["readings.*"] });
    const checked = lastValueFrom(
      fromNats<{ wild: boolean }>(connection, "checked", { capacity: 9, overflow: "error" }).pipe(
        take(2),
        toArray(),
      ),
    );
    const keeping = keepReadings(connection, redis).subscribe();
    const worked: Reading[] = [];
    const sharing = shareReadings(connection, redis, "one", (reading) => worked.push(reading)).pipe(take(4));
    const shared = lastValueFrom(sharing);
    for (const heat of [20, 95]) connection.publish("sensors.hall", JSON.stringify({ sensor: "hall", heat }));
    expect((await checked).map(({ wild }) => wild)).toEqual([false, true]);
    await shared;
    expect(worked.map(({ heat }) => heat).sort()).toEqual([20, 20, 95, 95]);
    keeping.unsubscribe();
    for (const { log, input } of [onNats(connection), onRedis(redis)]) {
      expect(await log.append("a", new Uint8Array(1), { expected: 0, id: "1" })).toBe(1);
      expect(input.partitions).toHaveLength(2);
      await log.close();
    }
  } finally {
    redis.disconnect();
    await connection.close();
    await Promise.all([nats.stop(), server.stop()]);
  }
});
