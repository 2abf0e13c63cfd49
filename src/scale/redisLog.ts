import { setMaxListeners } from "node:events";
import type { Redis } from "ioredis";
import { ownRedis, patientRedis } from "../adapters/patientRedis.ts";
import { redisEntries } from "../adapters/redisEntries.ts";
import { fault, invalid, knownOptions, whole } from "../math/invalid.ts";
import { adoptScript } from "./adoptScript.ts";
import { appendScript } from "./appendScript.ts";
import { checkName } from "./checkName.ts";
import { redisLogEntry } from "./redisLogEntry.ts";
import { redisPointers } from "./redisPointers.ts";
import { sequenceConflict } from "./sequenceConflict.ts";
import type { LogEntry, Pointer, UpdateLog } from "./updateLog.ts";

export interface RedisLogOptions {
  /** What its keys begin with, in braces, so that a cluster keeps them together. */
  readonly name: string;
  /** The most bytes of one body, 16 MiB unless told otherwise. */
  readonly maxBody?: number;
}

/**
 * An update log in Redis: a stream, with a hash of who wrote last that a script compares with, blobs under keys of their own, and for
 * each pointer a stream of one entry. It works on connections of its own like the one it is given, which stays the caller's.
 *
 * What is answered survives a crash or a loss of power as far as the server flushes: have `appendonly yes`, `appendfsync always` and
 * `maxmemory-policy noeviction`. Replicas of Redis follow behind, and may miss the last of it.
 * @throws InvalidInputError on options that are none.
 * @example
 * const log = redisLog(new Redis(url), { name: "fraud" });
 */
export const redisLog = (redis: Redis, options: RedisLogOptions): UpdateLog => {
  knownOptions(actor, options, ["name", "maxBody"]);
  const { name } = options;
  checkName(actor, "a log", name);
  const maxBody = whole(actor, "maxBody", options.maxBody ?? 2 ** 24);
  const log = `{${name}}:log`;
  const writers = `{${name}}:writers`;
  const keys = [log, writers, `{${name}}:adopted`] as const;
  const blobKey = (blob: string): string => `{${name}}:blob:${blob}`;
  const closing = new AbortController();
  setMaxListeners(0, closing.signal); // one for each call under way
  const own = ownRedis(redis);
  const pointers = redisPointers(redis, own, (pointer) => `{${name}}:pointer:${pointer}`);
  const call = <T>(work: () => Promise<T>): Promise<T> => patientRedis(work, closing.signal);
  /** What a script answers when it finds what is expected. @throws SequenceConflict when not */
  const compared = async (expected: number, script: () => Promise<unknown>): Promise<number> => {
    const [done, sequence] = (await call(script)) as [number, string];
    if (done === 1) return Number(sequence);
    throw sequenceConflict(actor, expected, sequence);
  };
  async function* entries(after: string, signal: AbortSignal) {
    const over = AbortSignal.any([signal, closing.signal]);
    try {
      yield* redisEntries(redis, log, { after, ahead: 16, signal: over });
    } catch (error) {
      if (!over.aborted) throw error;
    }
  }
  /** How far the log goes, and how often it has taken in what strangers wrote. */
  const now = async (): Promise<{ readonly end: number; readonly adopted: string }> => {
    const [end, adopted] = await call(() => own.hmget(writers, "", ":adopted"));
    return { end: Number(end ?? 0), adopted: adopted ?? "0" };
  };
  return {
    maxBody,
    append: async (writer, body, { expected, id }) => {
      checkName(actor, "a writer", writer);
      whole(actor, "expected", expected, 0);
      if (body.length > maxBody) throw invalid(actor, `at most ${maxBody} bytes`, String(body.length));
      const bytes = Buffer.from(body); // the caller may write into his while the connection is away
      return compared(expected, () => own.eval(appendScript, 3, ...keys, writer, expected, id, bytes));
    },
    lastOf: async (writer) => {
      checkName(actor, "a writer", writer);
      return Number.parseInt((await call(() => own.hget(writers, writer))) ?? "0", 10);
    },
    read: async function* (from, signal): AsyncGenerator<LogEntry, void, undefined> {
      whole(actor, "from", from);
      for (let next = from; !(signal.aborted || closing.signal.aborted); ) {
        let known = await now();
        for await (const { id, fields } of entries(`${next - 1}-${last}`, signal)) {
          const sequence = sequenceOf(id);
          const isKnown = (): boolean => id === `${sequence}-0` && sequence <= known.end;
          if (!isKnown()) {
            const before = known;
            known = await now();
            if (known.adopted !== before.adopted) break; // what is in hand may be a stranger's, and another entry have its id now
            if (!isKnown()) {
              await call(() => own.eval(adoptScript, 3, ...keys));
              break;
            }
          }
          next = sequence + 1;
          yield redisLogEntry(sequence, fields);
        }
      }
    },
    purge: async (below) => {
      whole(actor, "below", below);
      await call(() => own.xtrim(log, "MINID", "=", `${below}-0`));
    },
    putBlob: async (blob, bytes) => {
      checkName(actor, "a blob", blob);
      const copy = Buffer.from(bytes);
      await call(() => own.set(blobKey(blob), copy));
    },
    getBlob: async (blob) => {
      checkName(actor, "a blob", blob);
      const bytes = await call(() => own.getBuffer(blobKey(blob)));
      return bytes ? new Uint8Array(bytes) : undefined;
    },
    deleteBlob: async (blob) => {
      checkName(actor, "a blob", blob);
      await call(() => own.unlink(blobKey(blob)));
    },
    getPointer: async (pointer) => {
      checkName(actor, "a pointer", pointer);
      return pointers.get(pointer, closing.signal);
    },
    setPointer: async (pointer, value, revision) => {
      checkName(actor, "a pointer", pointer);
      whole(actor, "revision", revision, 0);
      return compared(revision, pointers.set(pointer, value, revision));
    },
    watchPointer: async function* (pointer, signal): AsyncGenerator<Pointer, void, undefined> {
      checkName(actor, "a pointer", pointer);
      yield* pointers.watch(pointer, AbortSignal.any([signal, closing.signal]));
    },
    close: async () => {
      closing.abort(fault(actor, "a log that is open", `one that is closed, ${name}`));
      own.disconnect();
    },
  };
};

const actor = "redisLog()";
/** The greatest second half of an id. */
const last = "18446744073709551615";

const sequenceOf = (id: string): number => Number.parseInt(id, 10);
