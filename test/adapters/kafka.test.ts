import { setTimeout as wait } from "node:timers/promises";
import { lastValueFrom, type Observable, of, range, take, tap, toArray } from "rxjs";
import { expect, it } from "vitest";
import { deliveries } from "../../src/adapters/deliveries.ts";
import { type FromKafkaOptions, fromKafka } from "../../src/adapters/fromKafka.ts";
import type { KafkaDelivery } from "../../src/adapters/kafkaDelivery.ts";
import { kafkaPasses } from "../../src/adapters/kafkaPasses.ts";
import { toKafka } from "../../src/adapters/toKafka.ts";
import { hasKafkaCluster, kafkaCluster } from "../support/kafkaCluster.ts";
import { needs, type Skippable } from "../support/needs.ts";
import { kafkaProducer, quietKafka } from "../support/quietKafka.ts";
import { brokerLaws } from "./brokerLaws.ts";

const consumer = { sessionTimeout: 4000, heartbeatInterval: 50, maxWaitTimeInMs: 20 };
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);
const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await wait(5);
};

brokerLaws<string>(
  ["fromKafka()", "toKafka()"],
  { name: "librdkafka1", available: hasKafkaCluster },
  async () => {
    const cluster = await kafkaCluster();
    const { kafka, sockets } = quietKafka(cluster);
    const producer = await kafkaProducer(quietKafka(cluster).kafka);
    let topics = 0;
    return {
      stream: async () => {
        const topic = `t${++topics}`;
        await cluster.topic(topic, 1);
        return {
          read: (after, options) =>
            fromKafka<number>(kafka, { topics: [topic], from: () => after, ahead: 16, consumer, ...options }),
          store: (options) => toKafka<number>(producer, { topic, ...options }) as never,
          spoil: async () => void (await producer.send({ topic, acks: -1, messages: [{ value: "{" }] })),
          readers: async () => sockets.size,
        };
      },
      crash: async () => {
        await cluster.kill();
        await cluster.restart();
      },
      end: async () => {
        await producer.disconnect();
        await cluster.stop();
      },
    };
  },
  { shares: false, dedups: false }, // the mock cluster knows producers, and not the sequence of what they send
);

const open = async (test: Skippable, partitions: number) => {
  needs(test, "librdkafka1", hasKafkaCluster);
  const cluster = await kafkaCluster();
  const { kafka, sockets } = quietKafka(cluster);
  await cluster.topic("t", partitions);
  const producer = await kafkaProducer(quietKafka(cluster).kafka);
  const store = (partition: number, values: readonly number[]) =>
    lastValueFrom(
      of(...values).pipe(toKafka(producer, { topic: "t", partition: () => partition }), toArray()),
    );
  const read = (options: Partial<FromKafkaOptions<number>> = {}): Observable<KafkaDelivery<number>> =>
    fromKafka<number>(kafka, { topics: ["t"], consumer, ...options });
  const committed = async (groupId: string): Promise<readonly string[]> => {
    const admin = quietKafka(cluster).kafka.admin();
    await admin.connect();
    const [found] = await admin.fetchOffsets({ groupId, topics: ["t"] });
    await admin.disconnect();
    return found!.partitions.map(({ offset }) => offset);
  };
  const end = async (): Promise<void> => {
    await producer.disconnect();
    await cluster.stop();
  };
  return { cluster, kafka, sockets, producer, store, read, committed, end };
};

it("fromKafka() asks for more when fewer than ahead wait, and holds at most an answer beside", async (test) => {
  const { kafka, store, end } = await open(test, 1);
  for (let i = 0; i < 20; i++)
    await store(
      0,
      upTo(10).map((j) => 10 * i + j),
    ); // an answer is one of these
  let fetched = 0;
  const counting = {
    consumer: (options: Parameters<typeof kafka.consumer>[0]) => {
      const own = kafka.consumer(options);
      const run: typeof own.run = (how) =>
        own.run({
          ...how,
          eachBatch: async (payload) => {
            fetched += payload.batch.messages.length;
            await how!.eachBatch!(payload);
          },
        });
      return { ...own, run };
    },
  };
  let most = 0;
  let taken = 0;
  const values: number[] = [];
  await lastValueFrom(
    fromKafka<number>(counting, { topics: ["t"], ahead: 8, consumer }).pipe(
      tap(({ value }) => {
        most = Math.max(most, fetched - ++taken);
        values.push(value);
        const until = performance.now() + 1; // slower than the broker
        while (performance.now() < until);
      }),
      take(200),
    ),
  );
  expect(values).toEqual(upTo(200));
  expect(most).toBeLessThan(8 + 10);
  expect(most).toBeGreaterThan(0);
  await end();
});

it("fromKafka() in a group commits what is done without a gap, and goes on there", async (test) => {
  const { store, read, committed, end } = await open(test, 1);
  await store(0, upTo(10));
  const first = await lastValueFrom(
    read({ groupId: "g" }).pipe(
      tap(({ value, ack }) => (value === 4 || value > 6 ? undefined : ack())),
      take(10),
      toArray(),
    ),
  );
  await until(async () => (await committed("g"))[0] === "4");
  first[4]!.ack(); // nobody is there to tell any more
  const again = await lastValueFrom(
    read({ groupId: "g" }).pipe(
      tap(({ ack }) => ack()),
      take(6),
      toArray(),
    ),
  );
  expect(again.map(({ value }) => value)).toEqual([4, 5, 6, 7, 8, 9]);
  await until(async () => (await committed("g"))[0] === "10");
  await end();
});

it("fromKafka() goes on behind a checkpoint, whatever its group knows", async (test) => {
  const { store, read, committed, end } = await open(test, 1);
  await store(0, upTo(10));
  await lastValueFrom(
    read({ groupId: "g" }).pipe(
      tap(({ ack }) => ack()),
      take(5),
    ),
  );
  await until(async () => (await committed("g"))[0] === "5");
  for (const from of ["7", "1"]) {
    const found = await lastValueFrom(read({ groupId: "g", from: () => from }).pipe(take(2), toArray()));
    expect(found.map(({ value }) => value)).toEqual([Number(from) + 1, Number(from) + 2]);
  }
  await end();
});

it("fromKafka() deals partitions among those who join and leave; what comes again is recognised", async (test) => {
  const { store, read, committed, end } = await open(test, 4);
  const total = 400;
  for (const partition of upTo(4))
    await store(
      partition,
      upTo(50).map((i) => 4 * i + partition),
    );
  const learned = ["a", "b"].map(() => ({ values: [] as number[], partitions: new Set<string>() }));
  const ledgers = learned.map(() => deliveries({ ack: "learned" }));
  const readers = learned.map(({ values, partitions }, i) =>
    read({ groupId: "g" }).pipe(
      tap(({ partition }) => partitions.add(partition)),
      ledgers[i]!.receive(),
      ledgers[i]!.learnEach<number, number>(tap((value) => values.push(value))),
    ),
  );
  const a = readers[0]!.subscribe();
  await until(() => learned[0]!.values.length === 200);
  const b = readers[1]!.subscribe();
  await until(async () => {
    for (const partition of upTo(4)) await store(partition, [1000 + partition]);
    return learned[1]!.partitions.size === 2;
  });
  const both = (): readonly number[] => learned.flatMap(({ values }) => values);
  b.unsubscribe();
  for (const partition of upTo(4))
    await store(
      partition,
      upTo(50).map((i) => 200 + 4 * i + partition),
    );
  await until(() => new Set(both().filter((value) => value < 1000)).size === total);
  await until(async () => (await committed("g")).every((offset) => Number(offset) >= 100));
  a.unsubscribe();
  expect(learned[0]!.partitions.size).toBe(4);
  expect(learned[1]!.partitions.size).toBe(2);
  // of one reader, nothing twice, and each partition in order
  for (const { values } of learned) {
    const own = values.filter((value) => value < 1000);
    for (const partition of upTo(4)) {
      const line = own.filter((value) => value % 4 === partition);
      expect(line).toEqual([...new Set(line)].sort((x, y) => x - y));
    }
  }
  await end();
});

it("fromKafka() keeps its place when a group deals anew, or refuses what it is asked", async (test) => {
  const { cluster, store, read, sockets, end } = await open(test, 1);
  await store(0, upTo(100));
  const found: number[] = [];
  const reading = read({ groupId: "g", ahead: 4 }).subscribe(({ value }) => found.push(value)); // nothing is acknowledged
  await until(() => found.length === 100);
  const [fetch, heartbeat] = [1, 12];
  const [rebalance, unknownMember, notLeader] = [27, 25, 6];
  await cluster.fail(heartbeat, [rebalance]);
  await store(
    0,
    upTo(100).map((i) => 100 + i),
  );
  await until(() => found.length >= 200);
  await cluster.fail(heartbeat, [unknownMember]);
  await cluster.fail(fetch, [notLeader]);
  await store(
    0,
    upTo(100).map((i) => 200 + i),
  );
  await until(() => found.length >= 300);
  expect(found).toEqual(upTo(300));
  reading.unsubscribe();
  await until(() => sockets.size === 0);
  await end();
});

it("fromKafka() frees everything when it is unsubscribed while it joins, and while no broker is there", async (test) => {
  const { cluster, read, sockets, end } = await open(test, 1);
  const joining = read().subscribe();
  await until(() => sockets.size > 0);
  joining.unsubscribe();
  await until(() => sockets.size === 0);
  await cluster.kill();
  const errors: unknown[] = [];
  const lost = read().subscribe({ error: (error) => errors.push(error) });
  await wait(50);
  lost.unsubscribe();
  await until(() => sockets.size === 0);
  expect(errors).toEqual([]);
  await cluster.restart();
  await end();
});

it("fromKafka() decodes as it is told, and refuses options", async (test) => {
  const { kafka, producer, read, end } = await open(test, 1);
  const messages = [
    { key: "kitchen", value: "20.5", headers: { unit: "C" } },
    { key: "hall", value: null },
  ];
  await producer.send({ topic: "t", acks: -1, messages });
  const decoded$ = fromKafka(kafka, {
    topics: ["t"],
    consumer,
    decode: ({ key, value, headers }) => [String(key), value && Number(value), String(headers?.unit)],
  });
  const found = await lastValueFrom(decoded$.pipe(take(2), toArray()));
  expect(found.map(({ value, partition, position }) => [value, partition, position])).toEqual([
    [["kitchen", 20.5, "C"], "t/0", "0"],
    [["hall", null, "undefined"], "t/0", "1"],
  ]);
  expect(() => read({ topics: [] })).toThrow("names as topics");
  expect(() => read({ ahead: 0 })).toThrow("ahead");
  expect(() => read({ groupId: "" })).toThrow("a name as groupId");
  expect(() => read({ group: "g" } as never)).toThrow("options named");
  expect(() => fromKafka({} as never, { topics: ["t"] })).toThrow("new Kafka(…) of kafkajs");
  await expect(lastValueFrom(read({ from: () => "x" }))).rejects.toThrow("an offset as from");
  await expect(lastValueFrom(read({ topics: ["none", "t"], maxBytes: 1 }))).rejects.toThrow();
  expect(() => toKafka(kafka.producer(), { topic: "t" })).toThrow("idempotent: true");
  await end();
});

it("toKafka() says where it has stored what, as far as it can be known", async (test) => {
  const { producer, end } = await open(test, 3);
  const sent = await lastValueFrom(
    range(0, 9).pipe(toKafka(producer, { topic: "t", partition: (i) => i % 3 }), toArray()),
  );
  expect(sent.map(({ value, partition, position }) => [value, partition, position])).toEqual(
    upTo(9).map((i) => [i, `t/${i % 3}`, String(Math.floor(i / 3))]),
  );
  const keyed = await lastValueFrom(
    range(0, 9).pipe(toKafka(producer, { topic: "t", key: () => "one", inFlight: 1 }), toArray()),
  );
  expect(new Set(keyed.map(({ partition }) => partition)).size).toBe(1);
  expect(keyed.map(({ position }) => position)).toEqual(upTo(9).map((i) => String(3 + i)));
  const spread = await lastValueFrom(range(0, 9).pipe(toKafka(producer, { topic: "t" }), toArray()));
  expect(spread.map(({ value }) => value)).toEqual(upTo(9));
  await end();
});

it("kafkaPasses() tells what a client outlives from what lasts", () => {
  const error = (name: string, more: object = {}): Error => Object.assign(new Error(name), { name, ...more });
  const wrapped = error("KafkaJSNonRetriableError", {
    cause: error("KafkaJSConnectionError"),
    retriable: false,
  });
  expect(kafkaPasses(wrapped, 1000)).toBe(true);
  expect(
    kafkaPasses(error("KafkaJSProtocolError", { type: "NOT_COORDINATOR_FOR_GROUP", retriable: true }), 9),
  ).toBe(true);
  expect(
    kafkaPasses(error("KafkaJSProtocolError", { type: "UNKNOWN_TOPIC_OR_PARTITION", retriable: true }), 1),
  ).toBe(false);
  expect(kafkaPasses(error("KafkaJSSASLAuthenticationError"), 1)).toBe(false);
  const refused = error("KafkaJSProtocolError", { type: "INVALID_REQUEST", retriable: false });
  expect([kafkaPasses(refused, 1), kafkaPasses(refused, 6), kafkaPasses(new TypeError("x"), 1)]).toEqual([
    true,
    false,
    false,
  ]);
});
