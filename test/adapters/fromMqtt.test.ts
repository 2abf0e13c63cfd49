import { connectAsync, type MqttClient } from "mqtt";
import { dense, load, meanSquaredError, model, type Sample, save, sgd, train } from "rxgrad";
import { type FromMqttOptions, fromMqtt, toMqtt } from "rxgrad/mqtt";
import { deliveries } from "rxgrad/sources";
import { lastValueFrom, map, range, take, takeWhile, tap, toArray } from "rxjs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { matchesTopic } from "../../src/adapters/mqttRoutes.ts";
import { stateOf } from "../support/modelState.ts";
import { hasMosquitto, mosquitto } from "../support/mosquitto.ts";
import { needs } from "../support/needs.ts";

let broker: Awaited<ReturnType<typeof mosquitto>>;
let publisher: MqttClient;
beforeAll(async () => {
  if (!hasMosquitto) return;
  broker = await mosquitto();
  publisher = await connectAsync(broker.url, { reconnectPeriod: 20 });
  publisher.on("error", () => {}); // it connects again
});
afterAll(async () => {
  publisher?.end(true);
  await broker?.stop();
});

const until = async (met: () => boolean): Promise<void> => {
  while (!met()) await new Promise((turn) => setTimeout(turn, 1));
};
const publish = async (topic: string, values: readonly unknown[]): Promise<void> => {
  await Promise.all(values.map((value) => publisher.publishAsync(topic, JSON.stringify(value), { qos: 1 })));
};
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
/** A session that the broker keeps, so that nothing is published into the void. */
const session = async (
  topic: string,
  clientId: string,
  options: FromMqttOptions<unknown> = {},
): Promise<void> => {
  const client = await connectAsync(broker.url, { clientId, clean: false, protocolVersion: 5, properties: { sessionExpiryInterval: 3600 }, ...options.client }); // biome-ignore format: a line
  await client.subscribeAsync(topic, { qos: 1 });
  await client.endAsync();
};

it("fromMqtt() brings what is published, topics by filter, and leaves bad messages out", async (test) => {
  needs(test, "mosquitto", hasMosquitto);
  await session("plant/+/heat", "basic");
  await publish("plant/1/heat", [20, "x".repeat(100)]);
  await publisher.publishAsync("plant/1/heat", "{", { qos: 1 });
  await publish("plant/2/heat", [30]);
  const reasons: string[] = [];
  const got = await lastValueFrom(
    fromMqtt<number>(broker.url, "plant/+/heat", {
      client: { clientId: "basic" },
      maxBytes: 50,
      onInvalid: "skip",
      rejected: ({ topic }, { message }) => reasons.push(`${topic}: ${message}`),
    }).pipe(
      tap(({ ack }) => ack()),
      map(({ topic, value, partition }) => [partition, topic, value]),
      take(2),
      toArray(),
    ),
  );
  expect(got).toEqual([["plant/+/heat", "plant/1/heat", 20], ["plant/+/heat", "plant/2/heat", 30]]); // biome-ignore format: a line
  expect(reasons).toEqual([
    expect.stringMatching(/plant\/1\/heat: .*at most 50 bytes/),
    expect.stringContaining("JSON in UTF-8"),
  ]);
});

it("fromMqtt() has the broker keep what is not acknowledged, and lets more than 20 be on their way", async (test) => {
  needs(test, "mosquitto", hasMosquitto);
  const read = (acks: (n: number) => boolean) =>
    lastValueFrom(
      fromMqtt<number>(broker.url, "kept", { client: { clientId: "kept" } }).pipe(
        tap(({ value, ack }) => acks(value) && ack()),
        map(({ value }) => value),
        takeWhile((value) => value !== 99, true),
        toArray(),
      ),
    );
  await session("kept", "kept");
  await publish("kept", numbers(0, 100));
  expect(await read((n) => n < 90)).toEqual(numbers(0, 100));
  const again = await read(() => true);
  expect(again.slice(-10)).toEqual(numbers(90, 100));
});

it("fromMqtt() with a ledger learns each event once, over a broker that is killed and started again", async (test) => {
  needs(test, "mosquitto", hasMosquitto);
  await session("killed", "killed");
  const options = { loss: meanSquaredError(), optimizer: sgd(0.01) };
  const sampleOf = (v: number): Sample => ({ x: [v / 200], y: 1 });
  const one = model(dense(1, 1), { seed: 1 });
  const ledger = deliveries({ ack: "learned" });
  const seen: number[] = [];
  const subscription = fromMqtt<number>(broker.url, "killed", {
    client: { clientId: "killed", reconnectPeriod: 20 },
  })
    .pipe(
      ledger.receive(),
      tap((value) => seen.push(value)),
      map(sampleOf),
      ledger.learn(8, train(one, options)),
    )
    .subscribe({ error: (error) => seen.push(error) });
  for (let round = 0; round < 4; round++) {
    await publish("killed", numbers(round * 50, round * 50 + 50));
    await until(() => seen.length === round * 50 + 50);
    expect(ledger.counts().waiting).toBe((round * 50 + 50) % 8); // and not acknowledged
    await broker.kill();
    await broker.restart();
  }
  expect(seen).toEqual(numbers(0, 200));
  expect(ledger.counts()).toMatchObject({ received: 200, settled: 200, waiting: 0 });
  subscription.unsubscribe();
  const other = model(dense(1, 1), { seed: 1 });
  const alone = deliveries({ ack: "learned" });
  await lastValueFrom(range(0, 200).pipe(map(sampleOf), alone.learn(8, train(other, options))));
  expect(stateOf(one)).toBe(stateOf(other));
});

it("fromMqtt() knows what comes again over another connection, and acknowledges it there", async (test) => {
  needs(test, "mosquitto", hasMosquitto);
  const properties = { receiveMaximum: 1024, sessionExpiryInterval: 3600 };
  const options = {
    clientId: "cut",
    clean: false,
    protocolVersion: 5,
    reconnectPeriod: 10,
    properties,
  } as const;
  const client = await connectAsync(broker.url, options);
  const ledger = deliveries({ ack: "learned" });
  const seen: number[] = [];
  const subscription = fromMqtt<number>(client, "cut")
    .pipe(
      ledger.receive(),
      tap((value) => seen.push(value)),
      map((v): Sample => ({ x: [v], y: 1 })),
      ledger.learn(8, tap()),
    )
    .subscribe({ error: (error) => seen.push(error) });
  for (let round = 0; round < 5; round++) {
    await publish("cut", numbers(round * 30, round * 30 + 30));
    await until(() => seen.length >= round * 30 + 30);
    client.stream.destroy(); // while up to seven are not acknowledged
    await until(() => !client.connected);
    await until(() => client.connected);
  }
  await publish("cut", numbers(150, 160));
  await until(() => ledger.counts().acked === 160);
  expect(seen).toEqual(numbers(0, 160));
  expect(ledger.counts()).toMatchObject({ received: 160, waiting: 0 });
  expect(ledger.counts().redelivered).toBeGreaterThan(0);
  subscription.unsubscribe();
  await client.endAsync();
});

it("fromMqtt() with positions of the sender learns each event once, over processes that are killed", async (test) => {
  needs(test, "mosquitto", hasMosquitto);
  await session("numbered", "numbered");
  await publish("numbered", numbers(1, 101));
  let bytes: Uint8Array | undefined;
  const seen: number[][] = [];
  let net = model(dense(1, 1), { seed: 1 });
  for (let life = 0; life < 4; life++) {
    net = model(dense(1, 1), { seed: 1 }); // a new process knows nothing but the file
    const own = net;
    const ledger = deliveries({ ack: "checkpointed", from: bytes && load(own, bytes).position });
    const values: number[] = [];
    const last = life === 3;
    let steps = 0;
    await lastValueFrom(
      fromMqtt<number>(broker.url, "numbered", {
        client: { clientId: "numbered" },
        position: (value) => value,
      }).pipe(
        ledger.receive(),
        tap((value) => values.push(value)),
        map((v): Sample => ({ x: [v / 100], y: 1 })),
        ledger.learn(10, train(own, { loss: meanSquaredError(), optimizer: sgd(0.1) })),
        tap(() => {
          if (!last && ++steps % 2 === 1) return;
          const position = ledger.position();
          bytes = save(own, { position });
          if (life !== 1) ledger.written.next({ position }); // killed before it could tell
        }),
        take(last ? 4 : 3),
      ),
    );
    seen.push(values);
  }
  expect(seen).toEqual([numbers(1, 31), numbers(21, 51), numbers(41, 71), numbers(61, 101)]);
  const other = model(dense(1, 1), { seed: 1 });
  const samples$ = range(1, 100).pipe(map((v): Sample => ({ x: [v / 100], y: 1 })));
  const alone = deliveries({ ack: "learned" });
  await lastValueFrom(
    samples$.pipe(alone.learn(10, train(other, { loss: meanSquaredError(), optimizer: sgd(0.1) }))),
  );
  expect(stateOf(net)).toBe(stateOf(other));
});

it("fromMqtt() is paced: the broker keeps what is not learned yet", async (test) => {
  needs(test, "mosquitto", hasMosquitto);
  await session("paced", "paced");
  await publish("paced", numbers(0, 300));
  let arrived = 0;
  let [taken, lead] = [0, 0];
  const decode = () => ++arrived;
  await lastValueFrom(
    fromMqtt<number>(broker.url, "paced", { client: { clientId: "paced" }, decode, ahead: 8 }).pipe(
      tap(({ ack }) => {
        lead = Math.max(lead, arrived - ++taken);
        ack();
      }),
      take(300),
    ),
  );
  expect(taken).toBe(300);
  expect(lead).toBeLessThanOrEqual(8);
});

it("fromMqtt() ends its own client when nobody listens, and unsubscribes one that was given", async (test) => {
  needs(test, "mosquitto", hasMosquitto);
  const client = await connectAsync(broker.url, { protocolVersion: 5 });
  const others: string[] = [];
  const listeners = client.listenerCount("error");
  client.on("message", (topic) => others.push(topic));
  const seen: number[] = [];
  const subscription = fromMqtt<number>(client, "given").subscribe(({ value, ack }) => {
    seen.push(value);
    ack();
  });
  await client.subscribeAsync("other", { qos: 1 });
  await publish("given", [1]);
  await publish("other", [2]);
  await until(() => seen.length === 1 && others.includes("other"));
  subscription.unsubscribe(); // it is silent now
  await client.publishAsync("given", "2", { qos: 1 });
  expect(seen).toEqual([1]);
  expect(client.listenerCount("error")).toBe(listeners);
  await client.endAsync();

  const gone = fromMqtt(`mqtt://127.0.0.1:1`, "none").subscribe({ error: (error) => seen.push(error) });
  await new Promise((turn) => setTimeout(turn, 20));
  gone.unsubscribe(); // else its timers would hold the process
  expect(seen).toEqual([1]);
});

it("toMqtt() publishes all, and completes when the broker has it", async (test) => {
  needs(test, "mosquitto", hasMosquitto);
  const topics = ["even", "odd"];
  const got: unknown[] = [];
  const listening = fromMqtt<number>(publisher, "to/#").subscribe(({ topic, value, ack }) => {
    got.push([topic, value]);
    ack();
  });
  await publisher.subscribeAsync("to/#", { qos: 1 });
  const sent = range(0, 4).pipe(
    toMqtt<number>(broker.url, (n) => `to/${topics[n % 2]}`),
    toArray(),
  );
  expect(await lastValueFrom(sent)).toEqual([0, 1, 2, 3]);
  await until(() => got.length === 4);
  expect(got).toEqual([["to/even", 0], ["to/odd", 1], ["to/even", 2], ["to/odd", 3]]); // biome-ignore format: a line
  listening.unsubscribe();
  const stuck = range(0, 10).pipe(toMqtt("mqtt://127.0.0.1:1", "none", { capacity: 5 }));
  await expect(lastValueFrom(stuck)).rejects.toThrow(/at most 5 messages that wait, got one more/);
});

it("fromMqtt() and toMqtt() refuse options that make no sense", () => {
  expect(() => fromMqtt(7 as never, "a")).toThrow(/an MqttClient, or the URL of a broker, got 7/);
  expect(() => fromMqtt("mqtt://127.0.0.1", "")).toThrow(/a topic/);
  expect(() => fromMqtt("mqtt://127.0.0.1", "a", { qos: 2 as 1 })).toThrow(/0 or 1 as qos/);
  expect(() => fromMqtt("mqtt://127.0.0.1", "a", { inFlights: 2 } as never)).toThrow(/inFlight/);
  expect(() => toMqtt("mqtt://127.0.0.1", "a", { capacity: 0 })).toThrow(/capacity/);
});

it("matchesTopic() follows the filters of MQTT", () => {
  const yes = [["a/b", "a/b"], ["a/+", "a/b"], ["a/#", "a"], ["a/#", "a/b/c"], ["#", "a"], ["+/+", "/a"], ["$share/g/a/+", "a/b"], ["$SYS/#", "$SYS/x"]] as const; // biome-ignore format: a line
  const no = [["a/b", "a"], ["a", "a/b"], ["a/+", "a/b/c"], ["#", "$SYS/x"], ["+/x", "$SYS/x"]] as const; // biome-ignore format: a line
  for (const [filter, topic] of yes)
    expect([filter, topic, matchesTopic(filter, topic)]).toEqual([filter, topic, true]);
  for (const [filter, topic] of no)
    expect([filter, topic, matchesTopic(filter, topic)]).toEqual([filter, topic, false]);
});
