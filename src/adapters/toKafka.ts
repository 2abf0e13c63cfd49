import type { OperatorFunction } from "rxjs";
import { invalid, inWords, knownOptions } from "../math/invalid.ts";
import { encodeJson } from "./decoding.ts";
import { kafkaPlace } from "./kafkaLanes.ts";
import type { KafkaProducerLike, KafkaToSend } from "./kafkaLike.ts";
import { type SendingOptions, sending } from "./sending.ts";
import type { Stored } from "./stored.ts";

export interface ToKafkaOptions<Value> extends SendingOptions {
  readonly topic: string | ((value: Value) => string);
  /** Values of one key stay in order, in one partition. */
  readonly key?: (value: Value) => string | Buffer;
  /** The partition, in place of what the producer chooses. */
  readonly partition?: (value: Value) => number;
  /** The bytes of a value, or null where what had the key is gone; JSON unless told otherwise. */
  readonly encode?: (value: Value) => Uint8Array | null;
}

/** A value that a topic has stored, and where, as far as the broker has told: its offsets do when a batch went to one partition. */
export interface KafkaStored<Value> extends Stored<Value, string | undefined> {
  readonly partition: string | undefined;
}

/**
 * Stores values in a topic of Kafka, and emits each when all replicas in sync have it; it completes when all have. What comes while a
 * batch is under way makes the next one. The producer is yours, connected and idempotent, so that what it sends again is stored once.
 * @throws InvalidInputError on options that are none, and a producer that is not idempotent.
 * @example
 * const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
 * await producer.connect();
 * scores$.pipe(toKafka(producer, { topic: "scores", key: ({ user }) => user })).subscribe();
 */
export const toKafka = <Value>(
  producer: KafkaProducerLike,
  options: ToKafkaOptions<Value>,
): OperatorFunction<Value, KafkaStored<Value>> => {
  knownOptions(actor, options, ["topic", "key", "partition", "encode", "inFlight", "capacity"]);
  if (typeof producer?.sendBatch !== "function" || producer.isIdempotent?.() !== true)
    throw invalid(actor, "kafka.producer({ idempotent: true, maxInFlightRequests: 1 })", inWords(producer));
  const { topic, key, partition, encode = encodeJson } = options;
  const topicOf = typeof topic === "function" ? topic : () => topic;
  const messageOf = (value: Value): KafkaToSend => {
    const bytes = encode(value);
    return {
      value: bytes === null ? null : Buffer.from(bytes),
      ...(key ? { key: key(value) } : {}),
      ...(partition ? { partition: partition(value) } : {}),
    };
  };
  return sending(actor, options, () => {
    let waiting: Waiting<Value>[] = [];
    let busy = false;
    const work = async (): Promise<void> => {
      busy = true;
      await Promise.resolve(); // others may follow in the same turn
      while (waiting.length > 0) {
        const batch = waiting;
        waiting = [];
        try {
          await sendTogether(producer, batch);
        } catch (error) {
          for (const { refuse } of batch) refuse(error);
        }
      }
      busy = false;
    };
    const send = (value: Value, signal: AbortSignal): Promise<KafkaStored<Value>> =>
      new Promise((stored, refuse) => {
        signal.addEventListener("abort", () => {
          waiting = [];
        });
        waiting.push({ value, topic: topicOf(value), message: messageOf(value), stored, refuse });
        if (!busy) work();
      });
    return { send };
  });
};

interface Waiting<Value> {
  readonly value: Value;
  readonly topic: string;
  readonly message: KafkaToSend;
  readonly stored: (stored: KafkaStored<Value>) => void;
  readonly refuse: (error: unknown) => void;
}

const sendTogether = async <Value>(
  producer: KafkaProducerLike,
  batch: readonly Waiting<Value>[],
): Promise<void> => {
  const topics = new Map<string, Waiting<Value>[]>();
  for (const one of batch) topics.set(one.topic, [...(topics.get(one.topic) ?? []), one]);
  const topicMessages = [...topics].map(([topic, all]) => ({
    topic,
    messages: all.map((one) => one.message),
  }));
  const answers = await producer.sendBatch({ acks: -1, topicMessages });
  for (const [topic, all] of topics) {
    const told = answers.filter(({ topicName }) => topicName === topic);
    const counts = new Map<number, bigint>();
    for (const { value, message, stored } of all) {
      const { partition = told.length === 1 ? told[0]!.partition : undefined } = message;
      const base = told.find((one) => one.partition === partition)?.baseOffset;
      if (partition === undefined || base === undefined) {
        stored({ value, partition: undefined, position: undefined });
        continue;
      }
      const before = counts.get(partition) ?? 0n;
      counts.set(partition, before + 1n);
      stored({ value, partition: kafkaPlace(topic, partition), position: String(BigInt(base) + before) });
    }
  }
};

const actor = "toKafka()";
