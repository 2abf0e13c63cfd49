import { setTimeout as wait } from "node:timers/promises";
import { lastValueFrom, takeWhile, tap } from "rxjs";
import { expect, it } from "vitest";
import { model } from "../../src/graph/model.ts";
import { chain } from "../../src/graph/plan.ts";
import { dense } from "../../src/layers/dense.ts";
import { meanSquaredError } from "../../src/losses/meanSquaredError.ts";
import { adam } from "../../src/optimizers/adam.ts";
import { kafkaInput } from "../../src/scale/kafkaInput.ts";
import { learnFrom } from "../../src/scale/learnFrom.ts";
import { memoryLog } from "../../src/scale/memoryLog.ts";
import type { PartitionedInput } from "../../src/scale/partitionedInput.ts";
import { hasKafkaCluster, kafkaCluster } from "../support/kafkaCluster.ts";
import { needs } from "../support/needs.ts";
import { kafkaProducer, quietKafka } from "../support/quietKafka.ts";
import { type Event, eventsOf, tally } from "./arrays.ts";

const count = 200;
const events = [...eventsOf(4, count).values()];

it("learnFrom() learns each event of kafkaInput() once, whose broker is killed, and its group hears of it", async (test) => {
  needs(test, "librdkafka1", hasKafkaCluster);
  const cluster = await kafkaCluster();
  await cluster.topic("in", 4);
  const { kafka } = quietKafka(cluster);
  const own = quietKafka(cluster).kafka;
  const producer = await kafkaProducer(own);
  for (const [partition, told] of events.entries())
    for (let i = 0; i < count; i += 20) {
      const messages = told.slice(i, i + 20).map((event) => ({ partition, value: JSON.stringify(event) }));
      await producer.send({ topic: "in", acks: -1, messages });
    }
  const log = memoryLog();
  const weights: number[][] = [];
  let rounds = 0;
  const settings = { sessionTimeout: 4000, heartbeatInterval: 50 };
  const workers = ["a", "b"].map(async (worker) => {
    const net = model(chain(dense(3, 8, { activation: "tanh" }), dense(8, 1)), { seed: 1 });
    const input = kafkaInput<Event>(kafka, { topic: "in", partitions: 4, groupId: "g", consumer: settings });
    const { shared } = await lastValueFrom(
      learnFrom(input as PartitionedInput<Event>, {
        ...{ log: log.client(), worker, model: net, loss: meanSquaredError(), optimizer: adam(0.01) },
        ...{ samples: ({ x, y }: Event) => ({ x, y }), batch: 8, every: 4, workers: 2, snapshotEvery: 4 },
        statistics: { seen: tally() },
      }).pipe(
        tap(() => rounds++),
        takeWhile(({ shared }) => (shared.seen as Map<string, number>).size < 4 * count, true),
      ),
    );
    weights.push(Array.from(net.weights.values.data));
    return shared.seen as Map<string, number>;
  });
  while (rounds < 4) await wait(1);
  await cluster.kill();
  await wait(50);
  await cluster.restart();
  for (const seen of await Promise.all(workers)) {
    expect(seen.size).toBe(4 * count);
    expect(new Set(seen.values())).toEqual(new Set([1]));
  }
  expect(weights[1]).toEqual(weights[0]);
  const admin = own.admin();
  await admin.connect();
  const heard = async (): Promise<number[]> => {
    const [group] = await admin.fetchOffsets({ groupId: "g", topics: ["in"] });
    return group!.partitions.map(({ offset }) => Number(offset));
  };
  while ((await heard()).some((offset) => offset <= 0)) await wait(50); // who has left tells it the last, once it is there again
  await admin.disconnect();
  await producer.disconnect();
  await cluster.stop();
});

it("kafkaInput() refuses options, and a topic with another number of partitions", async (test) => {
  needs(test, "librdkafka1", hasKafkaCluster);
  const cluster = await kafkaCluster();
  await cluster.topic("in", 2);
  const { kafka, sockets } = quietKafka(cluster);
  expect(() => kafkaInput(kafka, { topic: "in", partitions: 0 })).toThrow("partitions");
  expect(() => kafkaInput(kafka, { topic: "", partitions: 1 })).toThrow("a name as topic");
  expect(() => kafkaInput({} as never, { topic: "in", partitions: 1 })).toThrow("new Kafka(…) of kafkajs");
  const input = kafkaInput(kafka, { topic: "in", partitions: 1 });
  const reading = input.open("in/0", undefined, new AbortController().signal)[Symbol.asyncIterator]();
  await expect(reading.next()).rejects.toThrow("expects 1 partitions of in, got 2");
  while (sockets.size > 0) await wait(5);
  await cluster.stop();
});
