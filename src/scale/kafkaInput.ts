import { randomUUID } from "node:crypto";
import { decoding, knownDecoding } from "../adapters/decoding.ts";
import {
  type KafkaDecodeOptions,
  kafkaDelivery,
  offsetBehind,
  recordForm,
} from "../adapters/kafkaDelivery.ts";
import { type KafkaFeed, type KafkaPartition, kafkaFeed } from "../adapters/kafkaFeed.ts";
import { kafkaPlace } from "../adapters/kafkaLanes.ts";
import type { KafkaConsumerSettings, KafkaLike } from "../adapters/kafkaLike.ts";
import { invalid, inWords, whole } from "../math/invalid.ts";
import { kafkaLag } from "./kafkaLag.ts";
import type { PartitionedInput } from "./partitionedInput.ts";
import { checkPartition, untilAborted } from "./partitions.ts";

export interface KafkaInputOptions<Value> extends KafkaDecodeOptions<Value> {
  readonly topic: string;
  /** How many partitions the topic has: all of them. */
  readonly partitions: number;
  /** A group that is told of what is learned, for those who watch its lag; nothing is read from there. */
  readonly groupId?: string;
  /** A partition is asked for more when fewer messages of it wait: 64. One answer may bring more, of `maxBytesPerPartition` at most. */
  readonly ahead?: number;
  /** What consumers are told beside. */
  readonly consumer?: KafkaConsumerSettings;
}

/**
 * A topic of Kafka as an input in parts, its partitions, which are called topic/number; a position is an offset. What a process has open is
 * read by one consumer of its own, which goes to partitions and leaves them without a rebalance: no other process notices.
 * @throws InvalidInputError on options that are none, and when it is read and the topic has another number of partitions.
 */
export const kafkaInput = <Value>(
  kafka: KafkaLike,
  options: KafkaInputOptions<Value>,
): PartitionedInput<Value, string> => {
  knownDecoding(actor, options, ["topic", "partitions", "groupId", "ahead", "consumer"]);
  const { topic, partitions, groupId, ahead = 64, consumer: settings = {} } = options;
  if (typeof kafka?.consumer !== "function") throw invalid(actor, "new Kafka(…) of kafkajs", inWords(kafka));
  if (typeof topic !== "string" || topic === "") throw invalid(actor, "a name as topic", inWords(topic));
  whole(actor, "partitions", partitions);
  whole(actor, "ahead", ahead);
  const decoded = decoding(actor, options, recordForm);
  const places = Array.from({ length: partitions }, (_, partition) => kafkaPlace(topic, partition));
  const lag = groupId === undefined ? undefined : kafkaLag(kafka, { groupId, topic, settings });
  const assigned = (all: readonly KafkaPartition[]): void => {
    if (all.length !== partitions)
      throw invalid(actor, `${partitions} partitions of ${topic}`, String(all.length));
  };
  let feed: KafkaFeed | undefined;
  const readers = new Map<KafkaFeed, number>();
  const enter = (): KafkaFeed => {
    lag?.enter();
    feed ??= kafkaFeed(kafka, {
      groupId: () => `${groupId ?? "rxgrad"}-${randomUUID()}`,
      ...{ topics: [topic], ahead, settings, assigned },
    });
    readers.set(feed, (readers.get(feed) ?? 0) + 1);
    return feed;
  };
  const leave = (own: KafkaFeed): void => {
    readers.set(own, readers.get(own)! - 1);
    setTimeout(() => {
      if (readers.get(own) !== 0) return; // partitions that are dealt anew are read by the same consumer
      readers.delete(own);
      own.leave();
      if (feed === own) feed = undefined;
      if (readers.size === 0) lag?.leave();
    }, 100);
  };
  const deliveries = async function* (partition: number, next: bigint | undefined, signal: AbortSignal) {
    const own = enter();
    const lane = own.open(topic, partition, next);
    try {
      while (!signal.aborted) {
        const record = own.take(lane);
        if (!record) {
          await own.changed(signal);
          continue;
        }
        const found = decoded(record);
        if (found) yield kafkaDelivery(record, found.value, () => lag?.reached(partition, record.offset));
      }
    } catch (error) {
      if (feed === own) feed = undefined; // those who try again get another
      throw error;
    } finally {
      own.close(lane);
      leave(own);
    }
  };
  return {
    partitions: places,
    open: (place, after, signal) => {
      checkPartition(actor, places, place);
      const next = offsetBehind(actor, "after", after);
      return untilAborted(deliveries(places.indexOf(place), next, signal), signal);
    },
  };
};

const actor = "kafkaInput()";
