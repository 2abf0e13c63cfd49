import { Redis } from "ioredis";
import { lastValueFrom, of, take, toArray } from "rxjs";
import { expect, it } from "vitest";
import { fromRedisStream } from "../../src/adapters/fromRedisStream.ts";
import { isLater } from "../../src/adapters/redisDelivery.ts";
import { redisGroup } from "../../src/adapters/redisGroup.ts";
import { toRedisStream } from "../../src/adapters/toRedisStream.ts";
import { needs } from "../support/needs.ts";
import { hasRedisServer, redisServer } from "../support/redisServer.ts";
import { brokerLaws } from "./brokerLaws.ts";

const open = async () => {
  const server = await redisServer();
  const options = { retryStrategy: () => 20, maxRetriesPerRequest: null };
  const redis = new Redis({ host: "127.0.0.1", port: server.port, ...options });
  redis.on("error", () => {}); // the server is killed
  const end = async (): Promise<void> => {
    redis.disconnect();
    await server.stop();
  };
  return { server, redis, end };
};

brokerLaws<string>(
  ["fromRedisStream()", "toRedisStream()"],
  { name: "redis-server", available: hasRedisServer },
  async () => {
    const { server, redis, end } = await open();
    let streams = 0;
    return {
      stream: async () => {
        const stream = `s${++streams}`;
        return {
          read: (after, options) => fromRedisStream<number>(redis, { stream, after, ahead: 16, ...options }),
          share: (consumer, options) =>
            fromRedisStream<number>(redis, {
              stream,
              group: "g",
              consumer,
              claimAfter: 100,
              ahead: 16,
              ...options,
            }),
          store: (options) => toRedisStream<number>(redis, { stream, ...options }),
          spoil: async () => void (await redis.xadd(stream, "*", "data", "{")),
          readers: async () =>
            String(await redis.client("LIST"))
              .trim()
              .split("\n").length - 1,
          unacked: async () => Number((await redis.xpending(stream, "g"))[0]),
        };
      },
      crash: async () => {
        await server.kill();
        await server.restart();
      },
      end,
    };
  },
);

it("redisGroup() asks for no more than is wanted ahead", async (test) => {
  needs(test, "redis-server", hasRedisServer);
  const { redis, end } = await open();
  for (let i = 0; i < 50; i++) await redis.xadd("s", "*", "data", String(i));
  const leaving = new AbortController();
  const reading = { group: "g", consumer: "a", claimAfter: 60_000, ahead: 8, signal: leaving.signal };
  const entries = redisGroup(redis, "s", reading);
  for (let read = 1; read <= 20; read++) {
    await entries.next();
    expect((await redis.xpending("s", "g"))[0]).toBe(Math.ceil(read / 8) * 8);
  }
  leaving.abort();
  await entries.return();
  await end();
});

it("fromRedisStream() decodes fields as it is told, and refuses options", async (test) => {
  needs(test, "redis-server", hasRedisServer);
  const { redis, end } = await open();
  await redis.xadd("s", "1-1", "heat", "20.5", "room", "kitchen");
  const decode = (fields: ReadonlyMap<string, Buffer>) => [
    Number(fields.get("heat")),
    String(fields.get("room")),
  ];
  const found = await new Promise((resolve) => {
    fromRedisStream(redis, { stream: "s", decode }).subscribe(({ value, position }) =>
      resolve([value, position]),
    );
  });
  expect(found).toEqual([[20.5, "kitchen"], "1-1"]);
  expect(() => fromRedisStream(redis, { stream: "s", after: "x" })).toThrow("as after");
  expect(() => fromRedisStream(redis, { stream: "s", group: "g" })).toThrow("group and consumer");
  expect(() => fromRedisStream(redis, { stream: "s", group: "g", consumer: "c", after: "1" })).toThrow(
    "after or group",
  );
  await end();
});

it("fromRedisStream() and toRedisStream() keep to the keyPrefix of the connection, also when they claim", async (test) => {
  needs(test, "redis-server", hasRedisServer);
  const { redis, end } = await open();
  const prefixed = redis.duplicate({ keyPrefix: "p:" });
  await lastValueFrom(of(1, 2).pipe(toRedisStream(prefixed, { stream: "s" })));
  expect(await redis.xlen("p:s")).toBe(2);
  const share = (consumer: string) =>
    fromRedisStream<number>(prefixed, { stream: "s", group: "g", consumer, claimAfter: 50 });
  await lastValueFrom(share("a").pipe(take(2)));
  const claimed = await lastValueFrom(share("b").pipe(take(2), toArray()));
  expect(claimed.map(({ value, redelivered }) => [value, redelivered])).toEqual([
    [1, true],
    [2, true],
  ]);
  prefixed.disconnect();
  await end();
});

it("isLater() compares both halves of ids, however long", () => {
  expect(isLater("10-0", "9-9")).toBe(true);
  expect(isLater("9-10", "9-9")).toBe(true);
  expect(isLater("9-9", "9-9")).toBe(false);
  expect(
    isLater("18446744073709551615-18446744073709551615", "18446744073709551615-18446744073709551614"),
  ).toBe(true);
  expect(isLater("5", "5-1")).toBe(false);
});
