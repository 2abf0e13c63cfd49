import { setTimeout as wait } from "node:timers/promises";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { Redis } from "ioredis";
import { lastValueFrom, takeWhile, tap } from "rxjs";
import { expect, it } from "vitest";
import { model } from "../../src/graph/model.ts";
import { chain } from "../../src/graph/plan.ts";
import { dense } from "../../src/layers/dense.ts";
import { meanSquaredError } from "../../src/losses/meanSquaredError.ts";
import { adam } from "../../src/optimizers/adam.ts";
import { jetStreamInput } from "../../src/scale/jetStreamInput.ts";
import { learnFrom } from "../../src/scale/learnFrom.ts";
import { natsLog } from "../../src/scale/natsLog.ts";
import type { PartitionedInput } from "../../src/scale/partitionedInput.ts";
import { redisInput } from "../../src/scale/redisInput.ts";
import { redisLog } from "../../src/scale/redisLog.ts";
import type { UpdateLog } from "../../src/scale/updateLog.ts";
import { hasNatsServer, natsServer } from "../support/natsServer.ts";
import { needs } from "../support/needs.ts";
import type { OwnServer } from "../support/ownServer.ts";
import { hasRedisServer, redisServer } from "../support/redisServer.ts";
import { type Event, eventsOf, tally } from "./arrays.ts";

const count = 300;
const partitions = ["in.p0", "in.p1", "in.p2", "in.p3"];
const events = [...eventsOf(4, count).values()].flatMap((own, p) =>
  own.map((event) => ({ event, to: partitions[p]! })),
);

/** Three workers learn until all have learned all, while the server is killed twice; each event must be learned once. */
const learnTogether = async <Position>(
  server: OwnServer,
  logOf: () => UpdateLog,
  inputOf: () => PartitionedInput<Event, Position>,
): Promise<void> => {
  let rounds = 0;
  const workers = ["a", "b", "c"].map((worker) => {
    const net = model(chain(dense(3, 8, { activation: "tanh" }), dense(8, 1)), {
      seed: 1,
      numerics: "reproducible",
    });
    const learning = lastValueFrom(
      learnFrom(inputOf() as PartitionedInput<Event>, {
        ...{ log: logOf(), worker, model: net, loss: meanSquaredError(), optimizer: adam(0.01) },
        ...{ samples: ({ x, y }: Event) => ({ x, y }), batch: 8, every: 4, workers: 3, snapshotEvery: 4 },
        statistics: { seen: tally() },
      }).pipe(
        tap(() => rounds++),
        takeWhile(({ shared }) => (shared.seen as Map<string, number>).size < events.length, true),
      ),
    );
    return { net, learning };
  });
  for (const reached of [6, 15]) {
    while (rounds < reached) await wait(1);
    await server.kill();
    await server.restart();
  }
  for (const { shared } of await Promise.all(workers.map(({ learning }) => learning))) {
    const seen = shared.seen as Map<string, number>;
    expect(seen.size).toBe(events.length);
    expect(new Set(seen.values())).toEqual(new Set([1]));
  }
  const [first, ...others] = workers.map(({ net }) => Array.from(net.weights.values.data));
  for (const weights of others) expect(weights).toEqual(first);
};

it("learnFrom() learns each event once over natsLog() and jetStreamInput(), whose server is killed", async (test) => {
  needs(test, "nats-server", hasNatsServer);
  const server = await natsServer();
  const { servers } = server;
  const connection = await connect({ servers, maxReconnectAttempts: -1, reconnectTimeWait: 20 });
  try {
    await (await jetstreamManager(connection)).streams.add({ name: "in", subjects: ["in.*"] });
    for (const { event, to } of events) await jetstream(connection).publish(to, JSON.stringify(event));
    await learnTogether(
      server,
      () => natsLog(connection, { name: "learning" }),
      () => jetStreamInput<Event>(connection, { stream: "in", subjects: partitions }),
    );
  } finally {
    await connection.close();
    await server.stop();
  }
});

it("learnFrom() learns each event once over redisLog() and redisInput(), whose server is killed", async (test) => {
  needs(test, "redis-server", hasRedisServer);
  const server = await redisServer();
  const redis = new Redis(server.port, "127.0.0.1", { retryStrategy: () => 20 });
  redis.on("error", () => {}); // the server is killed
  const logs: UpdateLog[] = [];
  try {
    for (const { event, to } of events) await redis.xadd(to, "*", "data", JSON.stringify(event));
    await learnTogether(
      server,
      () => {
        logs.push(redisLog(redis, { name: "learning" }));
        return logs.at(-1)!;
      },
      () => redisInput<Event>(redis, { streams: partitions }),
    );
  } finally {
    await Promise.all(logs.map((log) => log.close()));
    redis.disconnect();
    await server.stop();
  }
});
