import type { Redis } from "ioredis";
import { ownRedis, patientRedis } from "./patientRedis.ts";

/** One entry of a stream: its id, and its fields and values in turn. */
export interface RedisEntry {
  readonly id: string;
  readonly fields: readonly Buffer[];
}

export interface RedisReading {
  /** The id behind which to begin; "0" for all. */
  readonly after: string;
  /** How many entries are asked for at once. */
  readonly ahead: number;
  readonly signal: AbortSignal;
}

/**
 * The entries of a stream in its order, each once, then those that come, on a connection of its own. The server is asked for the next
 * `ahead` when those in hand are done, and again when the connection was lost meanwhile.
 */
export async function* redisEntries(
  redis: Redis,
  key: string,
  { after, ahead, signal }: RedisReading,
): AsyncGenerator<RedisEntry, void, undefined> {
  signal.throwIfAborted();
  const own = ownRedis(redis);
  const leave = (): void => own.disconnect();
  signal.addEventListener("abort", leave);
  try {
    for (let last = after; !signal.aborted; ) {
      const read = () =>
        own.xreadBuffer("COUNT", ahead, "BLOCK", blocked, "STREAMS", key, last) as Promise<RawStreams | null>;
      for (const [id, fields] of (await patientRedis(read, signal))?.[0]?.[1] ?? []) {
        if (signal.aborted) return;
        last = id.toString("latin1");
        yield { id: last, fields: fields ?? [] };
      }
    }
  } finally {
    signal.removeEventListener("abort", leave);
    leave();
  }
}

/** Milliseconds until a silent server answers that there is nothing. */
const blocked = 10_000;

/** As the server answers: streams, each with its entries. */
export type RawStreams = readonly (readonly [key: Buffer, entries: readonly RawEntry[]])[];
/** Without fields when it is given again, and was deleted meanwhile. */
export type RawEntry = readonly [id: Buffer, fields: Buffer[] | null];
