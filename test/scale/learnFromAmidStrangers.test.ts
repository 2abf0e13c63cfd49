import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { Redis } from "ioredis";
import { lastValueFrom, tap } from "rxjs";
import { expect, it } from "vitest";
import { model } from "../../src/graph/model.ts";
import { chain } from "../../src/graph/plan.ts";
import { dense } from "../../src/layers/dense.ts";
import { meanSquaredError } from "../../src/losses/meanSquaredError.ts";
import { sgd } from "../../src/optimizers/sgd.ts";
import { learnFrom } from "../../src/scale/learnFrom.ts";
import { memoryLog } from "../../src/scale/memoryLog.ts";
import { natsLog } from "../../src/scale/natsLog.ts";
import { redisLog } from "../../src/scale/redisLog.ts";
import type { RoundReport } from "../../src/scale/report.ts";
import { isSequenceConflict } from "../../src/scale/sequenceConflict.ts";
import { published, versionPointer } from "../../src/scale/snapshots.ts";
import type { UpdateLog } from "../../src/scale/updateLog.ts";
import { hasNatsServer, natsServer } from "../support/natsServer.ts";
import { needs } from "../support/needs.ts";
import { hasRedisServer, redisServer } from "../support/redisServer.ts";
import { arrayInput, type Event, eventsOf, tally } from "./arrays.ts";
import { natsStranger, redisStranger, type Stranger } from "./strangers.ts";

const events = eventsOf(3, 800);
const netOf = (seed: number) =>
  model(chain(dense(3, 8, { activation: "tanh" }), dense(8, 1)), { seed, numerics: "reproducible" });
const garbage = new TextEncoder().encode("garbage");

/** Three workers, and a stranger who meddles when some rounds are closed; nobody learns on before he has done it. */
const learnAmid = async (
  logs: readonly UpdateLog[],
  meddle: (round: number) => Promise<void>,
): Promise<{ readonly weights: readonly number[]; readonly last: RoundReport }> => {
  let meddling: Promise<void> = Promise.resolve();
  const nets = logs.map(() => netOf(1));
  const lasts = await Promise.all(
    logs.map((log, i) =>
      lastValueFrom(
        learnFrom(arrayInput(events, { before: () => meddling }), {
          ...{ log, worker: "abc"[i]!, model: nets[i]!, workers: 3, timeout: 60_000, maxWait: 60_000 },
          ...{ loss: meanSquaredError(), optimizer: sgd(0.05), batch: 8, every: 4, snapshotEvery: 4 },
          ...{ samples: ({ x, y }: Event) => ({ x, y }), statistics: { seen: tally() } },
        }).pipe(
          tap(({ round }) => {
            if (i === 0) meddling = meddling.then(() => meddle(round));
          }),
        ),
      ),
    ),
  );
  await meddling;
  const seen = lasts[0]!.shared.seen as Map<string, number>;
  expect([seen.size, Math.max(...seen.values())]).toEqual([2400, 1]);
  const [weights, ...others] = nets.map((net) => Array.from(net.weights.values.data));
  for (const other of others) expect(other).toEqual(weights);
  for (const { refusedFor } of lasts) expect(refusedFor).toEqual(lasts[0]!.refusedFor);
  return { weights: weights!, last: lasts[0]! };
};

/** Sets the pointer to what is no version of ours. */
const setPointer = async (log: UpdateLog, value: string): Promise<void> => {
  for (let done = false; !done; ) {
    const revision = (await log.getPointer(versionPointer))?.revision ?? 0;
    done = await log.setPointer(versionPointer, value, revision).then(
      () => true,
      (error) => !isSequenceConflict(error) && Promise.reject(error), // a worker was faster
    );
  }
};

/** A stranger who writes entries, sets the pointer, and overwrites the snapshot that is current. */
const meddler = (log: UpdateLog, write: Stranger, ruin: (hash: string) => Promise<void>) => {
  let written = 0;
  const left = ["garbage", "ruin", JSON.stringify({ hash: "0".repeat(64), sequence: 1e9, round: 9 })];
  return {
    done: () => ({ written, left: left.length }),
    meddle: async (round: number): Promise<void> => {
      if (round % 3 === 1 && round < 15) written += await write("learning", "abc"[round % 2]!);
      const pointer = await log.getPointer(versionPointer);
      if (round < 2 || !pointer || !isVersion(pointer.value)) return;
      const next = left.shift();
      if (next === "ruin") await ruin(published("test", pointer.value, 1).hash);
      else if (next !== undefined) await setPointer(log, next);
    },
  };
};

const isVersion = (value: string): boolean => {
  try {
    return published("test", value, 1).sequence < 1e9;
  } catch {
    return false;
  }
};

/** Learns among strangers to the bits of learning without, and leaves a version that a worker can begin from. */
const expectUnmoved = async (
  logOf: () => UpdateLog,
  write: Stranger,
  ruin: (hash: string) => Promise<void>,
): Promise<void> => {
  const quiet = memoryLog();
  const alone = await learnAmid([quiet, quiet.client(), quiet.client()], async () => {});
  const own = logOf();
  const stranger = meddler(own, write, ruin);
  const { weights, last } = await learnAmid([logOf(), logOf(), logOf()], stranger.meddle);
  expect(weights).toEqual(alone.weights);
  const { written, left } = stranger.done();
  expect([written > 20, left]).toEqual([true, 0]);
  expect(last.refusedFor).toEqual({ ...alone.last.refusedFor, foreign: written });
  expect(last.refused).toBe(alone.last.refused + written);
  expect(published("test", (await own.getPointer(versionPointer))!.value, 1).round).toBe(last.round + 1);
  await own.close();
};

it("learnFrom() on NATS comes to the same bits while a stranger writes into its log, pointer and snapshots", async (test) => {
  needs(test, "nats-server", hasNatsServer);
  const server = await natsServer();
  const connection = await connect({ servers: server.servers });
  const manager = await jetstreamManager(connection);
  try {
    await expectUnmoved(
      () => natsLog(connection, { name: "learning" }),
      natsStranger(connection),
      async () => void (await manager.streams.purge("OBJ_learning", { filter: "$O.learning.C.>" })),
    );
  } finally {
    await connection.close();
    await server.stop();
  }
});

it("learnFrom() on Redis comes to the same bits while a stranger writes into its log, pointer and snapshots", async (test) => {
  needs(test, "redis-server", hasRedisServer);
  const server = await redisServer();
  const redis = new Redis(server.port, "127.0.0.1");
  const logs: UpdateLog[] = [];
  try {
    await expectUnmoved(
      () => {
        logs.push(redisLog(redis, { name: "learning" }));
        return logs.at(-1)!;
      },
      redisStranger(redis),
      async (hash) => void (await redis.setrange(`{learning}:blob:${hash}`, 100, "garbage")),
    );
  } finally {
    await Promise.all(logs.map((log) => log.close()));
    redis.disconnect();
    await server.stop();
  }
});

/** A log whose learning is over but for the goodbye of a worker that comes anew. */
const learned = async () => {
  const log = memoryLog();
  const { weights } = await learnAmid([log.client(), log.client(), log.client()], async () => {});
  const value = (await log.getPointer(versionPointer))!.value;
  const late = netOf(9);
  const begin = () =>
    lastValueFrom(
      learnFrom(arrayInput(events), {
        ...{ log: log.client(), worker: "late", model: late, workers: 3, loss: meanSquaredError() },
        ...{ optimizer: sgd(0.05), batch: 8, every: 4, snapshotEvery: 4 },
        ...{ samples: ({ x, y }: Event) => ({ x, y }), statistics: { seen: tally() } },
      }),
      { defaultValue: undefined },
    );
  return { log, weights, version: published("test", value, 1), late, begin };
};

it("learnFrom() begins from the snapshot before when the current one is damaged or gone", async () => {
  for (const damage of ["changed", "cut", "gone"] as const) {
    const { log, weights, version, late, begin } = await learned();
    const bytes = (await log.getBlob(version.hash))!;
    if (damage === "changed") bytes[bytes.length >> 1]! ^= 1;
    if (damage === "gone") await log.deleteBlob(version.hash);
    else await log.putBlob(version.hash, damage === "cut" ? bytes.subarray(0, 99) : bytes);
    await begin();
    expect(Array.from(late.weights.values.data)).toEqual(weights);
  }
});

it("learnFrom() says which snapshot or pointer is not one, and leaves the model as it was", async () => {
  const { log, version, late, begin } = await learned();
  const before = Array.from(late.weights.values.data);
  await log.putBlob(version.hash, garbage);
  await log.putBlob(version.previous!.hash, garbage);
  await expect(begin()).rejects.toThrow(`expects a snapshot with the hash ${version.hash}`);
  await setPointer(log, "garbage");
  await expect(begin()).rejects.toThrow(`in the pointer "version", got "garbage"`);
  expect(Array.from(late.weights.values.data)).toEqual(before);
});
