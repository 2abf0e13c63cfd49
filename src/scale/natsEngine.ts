import { setMaxListeners } from "node:events";
import {
  JetStreamApiCodes,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  StorageType,
  type StoredMsg,
} from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import { type ObjectStore, Objm } from "@nats-io/obj";
import { headers, type NatsConnection } from "@nats-io/transport-node";
import { patientNats } from "../adapters/patientNats.ts";
import { fault } from "../math/invalid.ts";
import { appendId } from "./appendId.ts";
import { sequenceConflict } from "./sequenceConflict.ts";

/** What a server keeps for one log. */
export interface NatsStores {
  readonly js: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly blobs: ObjectStore;
}

/** Calls on what a server keeps for one log, which is made at the first of them. */
export interface NatsEngine {
  /** Waits for the connection, and is repeated when that is lost meanwhile. */
  call<T>(work: (stores: NatsStores) => Promise<T>): Promise<T>;
  lastOn(stream: string, subject: string): Promise<StoredMsg | null>;
  /** Publishes when `expected` is the last sequence on the subject, once for an id. @throws SequenceConflict */
  publish(stream: string, subject: string, body: Uint8Array, expected: number, id: string): Promise<number>;
  /** That of the engine or of the caller. */
  over(signal: AbortSignal): AbortSignal;
  close(): void;
}

export const natsEngine = (
  actor: string,
  connection: NatsConnection,
  name: string,
  subjects: readonly string[],
  replicas: number,
): NatsEngine => {
  const closing = new AbortController();
  setMaxListeners(0, closing.signal); // one for each call under way
  const closed = fault(actor, "a log that is open", `one that is closed, ${name}`);
  let opening: Promise<NatsStores> | undefined;
  const call: NatsEngine["call"] = async (work) => {
    closing.signal.throwIfAborted();
    opening ??= patientNats(connection, () => open(connection, name, subjects, replicas), closing.signal);
    const stores = await opening.catch((error) => {
      opening = undefined;
      throw error;
    });
    return patientNats(connection, () => work(stores), closing.signal);
  };
  const lastOn: NatsEngine["lastOn"] = (stream, subject) =>
    call(({ manager }) => manager.streams.getMessage(stream, { last_by_subj: subject }));
  return {
    call,
    lastOn,
    publish: async (stream, subject, body, expected, id) => {
      const options = { headers: headers(), expect: { lastSubjectSequence: expected } };
      options.headers.set(appendId, id);
      try {
        return (await call(({ js }) => js.publish(subject, body, options))).seq;
      } catch (error) {
        if (!isWrongSequence(error)) throw error;
        const last = await lastOn(stream, subject); // it may be ours, whose answer got lost
        if (last?.header.get(appendId) === id) return last.seq;
        throw sequenceConflict(actor, expected, `${last?.seq ?? 0} on ${subject}`);
      }
    },
    over: (signal) => AbortSignal.any([signal, closing.signal]),
    close: () => closing.abort(closed),
  };
};

const open = async (
  connection: NatsConnection,
  name: string,
  subjects: readonly string[],
  replicas: number,
): Promise<NatsStores> => {
  const js = jetstream(connection);
  const manager = await js.jetstreamManager(false);
  const storage = StorageType.File;
  await manager.streams.add({ name, subjects: [...subjects], storage, num_replicas: replicas });
  await new Kvm(js).create(name, { storage, replicas });
  return { js, manager, blobs: await new Objm(js).create(name, { storage, replicas }) };
};

const isWrongSequence = (error: unknown): boolean =>
  error instanceof Error && (error as { code?: unknown }).code === JetStreamApiCodes.StreamWrongLastSequence;
