import type { Redis } from "ioredis";
import { ownRedis, patientRedis } from "./patientRedis.ts";
import type { RawEntry, RawStreams, RedisEntry } from "./redisEntries.ts";

export interface RedisGroupReading {
  readonly group: string;
  readonly consumer: string;
  /** Milliseconds after which what a consumer has not acknowledged is taken over. */
  readonly claimAfter: number;
  readonly ahead: number;
  readonly signal: AbortSignal;
}

/** An entry that a group has given to a consumer. */
export interface GroupEntry extends RedisEntry {
  readonly redelivered: boolean;
  /** Whether this reader was given it before. */
  readonly known: boolean;
  /** Tells the group; again until it has heard. */
  readonly ack: () => void;
}

/**
 * What a group of readers gives to one of them: first what it had given to a consumer of that name before, then what others have left
 * for `claimAfter`, then what is new. The group is made when it is not there, at the beginning of the stream.
 */
export async function* redisGroup(
  redis: Redis,
  key: string,
  { group, consumer, claimAfter, ahead, signal }: RedisGroupReading,
): AsyncGenerator<GroupEntry, void, undefined> {
  signal.throwIfAborted();
  const reader = ownRedis(redis);
  const asker = ownRedis(redis); // the reader is blocked
  const unacked = new Set<string>();
  let reread = true;
  const leave = (): void => {
    reader.disconnect();
    asker.disconnect();
  };
  signal.addEventListener("abort", leave);
  reader.on("close", () => {
    reread = true; // an answer may have got lost, with what it gave
  });
  const ack = (id: string): void => {
    unacked.delete(id);
    patientRedis(() => asker.xack(key, group, id), signal).catch(() => {}); // comes again when it did not get there
  };
  const given = (raw: readonly RawEntry[] | undefined, redelivered: boolean): readonly GroupEntry[] =>
    (raw ?? []).flatMap(([bytes, fields]) => {
      const id = bytes.toString("latin1");
      if (fields) return [{ id, fields, redelivered, known: unacked.has(id), ack: () => ack(id) }];
      ack(id); // deleted meanwhile
      return [];
    });
  const read = async (from: string): Promise<readonly RawEntry[] | undefined> => {
    const ask = () =>
      reader.xreadgroupBuffer(
        ...(["GROUP", group, consumer, "COUNT", ahead, "BLOCK", blocked] as const),
        ...(["STREAMS", key, from] as const),
      ) as Promise<RawStreams | null>;
    return (await patientRedis(ask, signal))?.[0]?.[1];
  };
  const blocked = Math.min(claimAfter, 10_000);
  /** What was given to a consumer of this name, and is not in anyone's hands here. */
  async function* left(): AsyncGenerator<GroupEntry, void, undefined> {
    for (let from = "0"; ; ) {
      const entries = await read(from);
      if (!entries?.length) return;
      from = entries.at(-1)![0].toString("latin1");
      for (const entry of given(entries, true)) if (!entry.known) yield entry;
    }
  }
  /** What nobody has acknowledged for long. */
  async function* claimed(): AsyncGenerator<GroupEntry, void, undefined> {
    for (let from = "0-0"; ; ) {
      const claim = () =>
        asker.callBuffer("XAUTOCLAIM", key, group, consumer, claimAfter, from, "COUNT", ahead) as Promise<
          [Buffer, RawEntry[]]
        >;
      const [next, entries] = await patientRedis(claim, signal);
      yield* given(entries, true);
      from = next.toString("latin1");
      if (from === "0-0") return;
    }
  }
  try {
    await patientRedis(() => made(asker, key, group), signal);
    for (let looked = Number.NEGATIVE_INFINITY; !signal.aborted; ) {
      const again: AsyncGenerator<GroupEntry>[] = [];
      if (reread) again.push(left());
      reread = false;
      const now = performance.now();
      if (now - looked >= claimAfter / 2) {
        looked = now;
        again.push(claimed());
      }
      for (const entries of again)
        for await (const entry of entries) {
          if (signal.aborted) return;
          unacked.add(entry.id);
          yield entry;
        }
      for (const entry of given(await read(">"), false)) {
        if (signal.aborted) return;
        unacked.add(entry.id);
        yield entry;
      }
    }
  } finally {
    signal.removeEventListener("abort", leave);
    leave();
  }
}

const made = async (redis: Redis, key: string, group: string): Promise<void> => {
  await redis.xgroup("CREATE", key, group, "0", "MKSTREAM").catch((error: Error) => {
    if (!error.message.startsWith("BUSYGROUP")) throw error;
  });
};
