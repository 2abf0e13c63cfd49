import { randomUUID } from "node:crypto";
import type { NatsConnection } from "@nats-io/transport-node";
import { jetStreamMessages } from "../adapters/jetStreamMessages.ts";
import { invalid, knownOptions, whole } from "../math/invalid.ts";
import { checkName } from "./checkName.ts";
import { isAppended, natsAppends } from "./natsAppends.ts";
import { natsBlob } from "./natsBlob.ts";
import { natsEngine } from "./natsEngine.ts";
import { natsPurges } from "./natsPurges.ts";
import { isSequenceConflict } from "./sequenceConflict.ts";
import type { LogEntry, Pointer, UpdateLog } from "./updateLog.ts";

export interface NatsLogOptions {
  /** Of the stream, and of the buckets of blobs and pointers. */
  readonly name: string;
  /** The most bytes of one body: what the server takes as a message unless told otherwise, less room for headers. */
  readonly maxBody?: number;
  /** How many servers keep a copy. */
  readonly replicas?: number;
}

/**
 * An update log in NATS JetStream: a stream with a subject for each writer, an object store for blobs, and a key-value bucket for
 * pointers, made at the first call when they are not there. The connection stays the caller's; give it `maxReconnectAttempts: -1`,
 * so that it outlives any restart of the server.
 *
 * What is answered survives a crash of the server's process. A loss of power it survives as far as the server flushes: every two
 * minutes unless it is told otherwise, so have `replicas: 3`, or a server with `sync_interval: always`.
 * @throws InvalidInputError on options that are none.
 * @example
 * const log = natsLog(await connect({ servers, maxReconnectAttempts: -1 }), { name: "fraud" });
 */
export const natsLog = (connection: NatsConnection, options: NatsLogOptions): UpdateLog => {
  knownOptions(actor, options, ["name", "maxBody", "replicas"]);
  const { name, replicas = 1 } = options;
  checkName(actor, "a log", name);
  const maxBody = whole(
    actor,
    "maxBody",
    options.maxBody ?? (connection.info?.max_payload ?? 2 ** 20) - headers,
  );
  const subjectOf = (writer: string): string => `${name}.log.${writer}`;
  const keyOf = (pointer: string): string => `$KV.${name}.${pointer}`;
  const bucket = `KV_${name}`;
  const engine = natsEngine(actor, connection, name, [subjectOf("*")], replicas);
  const { call, lastOn, publish } = engine;
  const pointerAt = async (key: string): Promise<Pointer | undefined> => {
    const last = await lastOn(bucket, key);
    return last ? { value: last.string(), revision: last.seq } : undefined;
  };
  const appends = natsAppends(engine, name);
  const purges = natsPurges(engine, name, keyOf(purged));
  /** Whether a reader at `next` who is given another entry has lost its way: servers skip what is there, behind what is purged. */
  const isAstray = async (next: number, given: number): Promise<boolean> => {
    const seq = Math.max(next, await purges.below());
    if (given <= seq) return given < seq; // the last of a writer stays when it is purged
    return (await call(({ manager }) => manager.streams.getMessage(name, { seq }))) !== null;
  };

  return {
    maxBody,
    append: async (writer, body, { expected, id }) => {
      checkName(actor, "a writer", writer);
      whole(actor, "expected", expected, 0);
      if (body.length > maxBody) throw invalid(actor, `at most ${maxBody} bytes`, String(body.length));
      const subject = subjectOf(writer);
      const own = `${writer} ${id}`;
      for (let last = expected; ; )
        try {
          return await publish(name, subject, body, last, own);
        } catch (error) {
          const behind = isSequenceConflict(error)
            ? await appends.behindStrangers(subject, last, own)
            : undefined;
          if (!behind) throw error;
          if (behind.isOwn) return behind.seq;
          last = behind.seq;
        }
    },
    lastOf: async (writer) => {
      checkName(actor, "a writer", writer);
      return (await lastOn(name, subjectOf(writer)))?.seq ?? 0;
    },
    read: async function* (from, signal): AsyncGenerator<LogEntry, void, undefined> {
      whole(actor, "from", from);
      const over = engine.over(signal);
      try {
        for (let next = from; !over.aborted; ) {
          next = Math.max(next, await purges.below());
          const reading = { from: next, ahead: 16, signal: over };
          for await (const message of jetStreamMessages(connection, name, reading)) {
            if (message.seq !== next && (await isAstray(next, message.seq))) break;
            next = message.seq + 1;
            const sequence = message.seq;
            const writer = message.subject.slice(subjectOf("").length);
            if (message.subject === subjectOf(writer) && isAppended(message.headers))
              yield { sequence, writer, body: new Uint8Array(message.data) }; // shares memory otherwise
            else yield { sequence, writer: "", body: new Uint8Array(0), foreign: true };
          }
        }
      } catch (error) {
        if (!over.aborted) throw error;
      }
    },
    purge: async (below) => {
      whole(actor, "below", below);
      await purges.purge(below);
    },
    putBlob: async (blob, bytes) => {
      checkName(actor, "a blob", blob);
      await call(({ blobs }) => blobs.putBlob({ name: blob }, bytes));
    },
    getBlob: async (blob) => {
      checkName(actor, "a blob", blob);
      return natsBlob(engine, name, blob);
    },
    deleteBlob: async (blob) => {
      checkName(actor, "a blob", blob);
      await call(({ blobs }) => blobs.delete(blob));
    },
    getPointer: async (pointer) => {
      checkName(actor, "a pointer", pointer);
      return pointerAt(keyOf(pointer));
    },
    setPointer: async (pointer, value, revision) => {
      checkName(actor, "a pointer", pointer);
      whole(actor, "revision", revision, 0);
      return publish(bucket, keyOf(pointer), new TextEncoder().encode(value), revision, randomUUID());
    },
    watchPointer: async function* (pointer, signal): AsyncGenerator<Pointer, void, undefined> {
      checkName(actor, "a pointer", pointer);
      const over = engine.over(signal);
      try {
        await call(async () => {});
        const reading = { filter: keyOf(pointer), from: 1, ahead: 1, signal: over };
        for await (const message of jetStreamMessages(connection, bucket, reading))
          yield { value: message.string(), revision: message.seq };
      } catch (error) {
        if (!over.aborted) throw error;
      }
    },
    close: async () => engine.close(),
  };
};

const actor = "natsLog()";
/** Bytes for ids and expectations. */
const headers = 2048;
/** The key that says what has been purged; no pointer's name has a dot. */
const purged = "log.purged";
