import { connect, type NatsConnection } from "@nats-io/transport-node";
import { lastValueFrom, of, range, take, toArray } from "rxjs";
import { expect, it } from "vitest";
import { fromNats } from "../../src/adapters/fromNats.ts";
import { toNats } from "../../src/adapters/toNats.ts";
import { hasNatsServer, natsServer } from "../support/natsServer.ts";
import { needs } from "../support/needs.ts";
import type { OwnServer } from "../support/ownServer.ts";

const all = { capacity: 1000, overflow: "error" } as const;

const held = (
  sentence: string,
  hold: (connection: NatsConnection, other: NatsConnection, server: OwnServer) => Promise<void>,
): void =>
  it(sentence, async (test) => {
    needs(test, "nats-server", hasNatsServer);
    const server = await natsServer();
    const options = { servers: server.servers, maxReconnectAttempts: -1, reconnectTimeWait: 20 };
    const [connection, other] = [await connect(options), await connect(options)];
    try {
      await hold(connection, other, server);
    } finally {
      await Promise.all([connection.close(), other.close()]);
      await server.stop();
    }
  });

held(
  "fromNats() gives what toNats() publishes, which passes it on and completes",
  async (connection, other) => {
    const reading = lastValueFrom(fromNats<number>(connection, "a.>", all).pipe(take(100), toArray()));
    await connection.flush();
    const sent = range(0, 100).pipe(toNats(other, { subject: (i) => `a.${i % 3}` }), toArray());
    expect(await lastValueFrom(sent)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(await reading).toEqual(Array.from({ length: 100 }, (_, i) => i));
  },
);

held("fromNats() drops by its policy what comes too fast", async (connection, other) => {
  const dropped: number[] = [];
  const slow = { capacity: 10, overflow: "dropOldest", dropped: (i: number) => dropped.push(i) } as const;
  const found: number[] = [];
  const subscription = fromNats<number>(connection, "a", slow).subscribe((i) => found.push(i));
  await connection.flush();
  await lastValueFrom(range(0, 1000).pipe(toNats(other, { subject: "a" })));
  while (found.at(-1) !== 999) await connection.flush();
  subscription.unsubscribe();
  expect([...found, ...dropped].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
});

held("fromNats() skips what is no JSON and tells, or ends", async (connection, other) => {
  const reasons: string[] = [];
  const skipping = {
    ...all,
    onInvalid: "skip",
    rejected: (_: unknown, { message }: Error) => reasons.push(message),
  };
  const reading = lastValueFrom(fromNats(connection, "a", skipping as typeof all).pipe(take(1)));
  const failing = lastValueFrom(fromNats(connection, "a", all));
  failing.catch(() => {});
  await connection.flush();
  other.publish("a", "{");
  await lastValueFrom(of(7).pipe(toNats(other, { subject: "a" })));
  expect(await reading).toBe(7);
  expect(reasons).toHaveLength(1);
  await expect(failing).rejects.toThrow("fromNats() expects JSON");
});

held("fromNats() goes on when the server is killed and back", async (connection, other, server) => {
  const reading = lastValueFrom(fromNats<string>(connection, "a", all).pipe(take(1)));
  await connection.flush();
  await server.kill();
  await server.restart();
  const again = setInterval(() => other.publish("a", '"back"'), 20);
  expect(await reading).toBe("back");
  clearInterval(again);
});

held(
  "fromNats() completes when the connection is closed, and leaves when it is unsubscribed",
  async (connection, other) => {
    const ending = lastValueFrom(fromNats(other, "a", all), { defaultValue: "over" });
    await other.flush();
    await other.close();
    expect(await ending).toBe("over");
    const before = connection.stats().inMsgs;
    fromNats(connection, "a", all).subscribe().unsubscribe();
    connection.publish("a", "1");
    await connection.flush();
    expect(connection.stats().inMsgs).toBe(before);
    expect(() => fromNats(connection, "a", { ...all, overflow: "block" as "error" })).toThrow("as overflow");
  },
);
