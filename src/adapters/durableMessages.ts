import { setTimeout as wait } from "node:timers/promises";
import {
  AckPolicy,
  type Consumer,
  DeliverPolicy,
  type JetStreamManager,
  type JsMsg,
  jetstream,
} from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { fetching } from "./fetching.ts";
import { onInterruption } from "./onInterruption.ts";
import { patientNats } from "./patientNats.ts";

export interface DurableReading {
  readonly durable: string;
  /** What the consumer sees, when it is made. */
  readonly filter?: string;
  /** Milliseconds after which the server delivers again what has not been acknowledged, when the consumer is made. */
  readonly ackWait: number;
  readonly ahead: number;
  readonly signal: AbortSignal;
}

/**
 * The messages of a durable consumer, which is made when it is not there: each until it is acknowledged, and those that were not
 * once more, behind others.
 */
export async function* durableMessages(
  connection: NatsConnection,
  stream: string,
  { durable, filter, ackWait, ahead, signal }: DurableReading,
): AsyncGenerator<JsMsg, void, undefined> {
  const js = jetstream(connection);
  const manager = await patientNats(connection, () => js.jetstreamManager(false), signal);
  const find = async (): Promise<Consumer> => {
    if (!(await exists(manager, stream, durable)))
      await manager.consumers.add(stream, {
        durable_name: durable,
        ack_policy: AckPolicy.Explicit,
        deliver_policy: DeliverPolicy.All,
        ack_wait: ackWait * 1e6,
        max_ack_pending: -1, // a checkpoint acknowledges many at once
        ...(filter === undefined ? {} : { filter_subject: filter }),
      });
    return js.consumers.get(stream, durable);
  };
  let close = (): void => {};
  const end = (): void => close();
  signal.addEventListener("abort", end);
  const forget = onInterruption(connection, end);
  try {
    while (!signal.aborted) {
      const consumer = await patientNats(connection, find, signal);
      try {
        while (!signal.aborted) {
          const messages = await consumer.fetch({ max_messages: ahead, ...fetching });
          close = () => void messages.close();
          if (signal.aborted) return;
          for await (const message of messages) {
            if (signal.aborted) return;
            yield message;
          }
        }
      } catch (error) {
        if (connection.isClosed()) throw error;
        await wait(20); // the next look at the consumer says whether that lasts
      }
    }
  } finally {
    close();
    forget();
    signal.removeEventListener("abort", end);
  }
}

const exists = async (manager: JetStreamManager, stream: string, durable: string): Promise<boolean> => {
  try {
    await manager.consumers.info(stream, durable);
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === "ConsumerNotFoundError") return false;
    throw error;
  }
};
