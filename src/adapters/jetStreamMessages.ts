import { setTimeout as wait } from "node:timers/promises";
import { AckPolicy, type Consumer, DeliverPolicy, type JsMsg, jetstream } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { fetching } from "./fetching.ts";
import { onInterruption } from "./onInterruption.ts";
import { patientNats } from "./patientNats.ts";

export interface JetStreamReading {
  /** The subject, with wildcards where wanted; all of the stream when left out. */
  readonly filter?: string;
  /** The sequence to begin with. */
  readonly from: number;
  /** How many messages are asked for at once. */
  readonly ahead: number;
  readonly signal: AbortSignal;
}

/**
 * The messages of a stream in its order, each once, without a gap, then those that come. The server is asked for the next
 * `ahead` when those in hand are done. What the connection or a server that is killed takes along is read again.
 */
export async function* jetStreamMessages(
  connection: NatsConnection,
  stream: string,
  reading: JetStreamReading,
): AsyncGenerator<JsMsg, void, undefined> {
  const js = jetstream(connection);
  const { filter, from, ahead, signal } = reading;
  const manager = await patientNats(connection, () => js.jetstreamManager(false), signal);
  const begin = async (): Promise<Consumer> => {
    const info = await manager.consumers.add(stream, {
      ack_policy: AckPolicy.None,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: next,
      ...(filter === undefined ? {} : { filter_subject: filter }),
      inactive_threshold: forgottenAfter,
      mem_storage: true,
      num_replicas: 1,
    });
    return js.consumers.getConsumerFromInfo(info) as Consumer;
  };
  let next = Math.max(1, from);
  while (!signal.aborted) {
    const consumer = await patientNats(connection, begin, signal);
    const before = next;
    try {
      for await (const message of unbroken(connection, consumer, ahead, signal)) {
        if (message.seq < next) continue; // a server starts where it ends when asked for what is not there yet
        next = message.seq + 1;
        yield message;
      }
    } finally {
      consumer.delete().catch(() => {}); // it may be gone, and is forgotten in any case
    }
    if (next === before && !signal.aborted) await wait(20);
  }
}

/** Nanoseconds without a request after which the server forgets a reader. */
const forgottenAfter = 60e9;

/** What a consumer delivers, until something may have been lost on the way: nothing is told of behind a gap. */
async function* unbroken(
  connection: NatsConnection,
  consumer: Consumer,
  ahead: number,
  signal: AbortSignal,
): AsyncGenerator<JsMsg, void, undefined> {
  let delivered = 0;
  let broken = false;
  let close = (): void => {};
  const end = (): void => {
    broken = true;
    close();
  };
  const forget = onInterruption(connection, end);
  signal.addEventListener("abort", end);
  try {
    while (!broken && !signal.aborted) {
      const messages = await consumer.fetch({ max_messages: ahead, ...fetching });
      close = () => void messages.close();
      if (broken || signal.aborted) return;
      for await (const message of messages) {
        if (signal.aborted || message.info.deliverySequence !== ++delivered) return;
        yield message;
      }
    }
  } catch (error) {
    if (connection.isClosed()) throw error; // else the next consumer says whether that lasts
  } finally {
    close();
    forget();
    signal.removeEventListener("abort", end);
  }
}
