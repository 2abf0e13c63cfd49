import { randomUUID } from "node:crypto";
import type { Observable } from "rxjs";
import { invalid, inWords, whole } from "../math/invalid.ts";
import { fromPull } from "../streams/fromPull.ts";
import { decoding, knownDecoding } from "./decoding.ts";
import { kafkaCommits } from "./kafkaCommits.ts";
import {
  type KafkaDecodeOptions,
  type KafkaDelivery,
  kafkaDelivery,
  offsetBehind,
  recordForm,
} from "./kafkaDelivery.ts";
import { type KafkaPartition, kafkaFeed } from "./kafkaFeed.ts";
import { type KafkaLane, kafkaPlace } from "./kafkaLanes.ts";
import type { KafkaConsumerSettings, KafkaLike } from "./kafkaLike.ts";

export interface FromKafkaOptions<Value> extends KafkaDecodeOptions<Value> {
  readonly topics: readonly string[];
  /** The offset of a partition behind which to begin, "payments/0" for instance: `ledger.from`. */
  readonly from?: (partition: string) => string | undefined;
  /** A group of consumers that share the topics. Without one all partitions are read, by position. */
  readonly groupId?: string;
  /** A partition is asked for more when fewer messages of it wait: 64. One answer may bring more, of `maxBytesPerPartition` at most. */
  readonly ahead?: number;
  /** What the consumer is told beside. */
  readonly consumer?: KafkaConsumerSettings;
}

/**
 * The messages of topics of Kafka, at the pace of what stands behind, on a consumer of its own, which outlives brokers.
 *
 * By position, the default, all partitions are read, each in order and once, behind what `from` says of it: with a ledger whose position is
 * in the checkpoint, each message has its effect once, whenever the process is killed. Nothing is committed.
 * In a group, several processes share the partitions: `ack()` lets the group know, batched, how far a partition is done without a gap. One
 * that is dealt to this process goes on behind `from`, which wins over what the group knows, the first time; later where the group is.
 * Those that stay when the group deals anew go on where they are. What another process had not acknowledged comes again: at least once.
 * @throws InvalidInputError on options that are none.
 * @example
 * fromKafka<Payment>(kafka, { topics: ["payments"], from: ledger.from }).pipe(ledger.receive(), …);
 */
export const fromKafka = <Value>(
  kafka: KafkaLike,
  options: FromKafkaOptions<Value>,
): Observable<KafkaDelivery<Value>> => {
  knownDecoding(actor, options, ["topics", "from", "groupId", "ahead", "consumer"]);
  const { topics, from = () => undefined, groupId, ahead = 64, consumer = {} } = options;
  if (typeof kafka?.consumer !== "function") throw invalid(actor, "new Kafka(…) of kafkajs", inWords(kafka));
  if (!Array.isArray(topics) || topics.length === 0 || topics.some((one) => typeof one !== "string"))
    throw invalid(actor, "names as topics", inWords(topics));
  if (typeof from !== "function") throw invalid(actor, "a function as from", inWords(from));
  if (groupId !== undefined && (typeof groupId !== "string" || groupId === ""))
    throw invalid(actor, "a name as groupId", inWords(groupId));
  whole(actor, "ahead", ahead);
  const decoded = decoding(actor, options, recordForm);
  return fromPull(async function* (signal) {
    const met = new Set<string>();
    const ours = new Map<string, KafkaLane>();
    const assigned = (partitions: readonly KafkaPartition[]): void => {
      const dealt = new Set(partitions.map(({ key }) => key));
      for (const [key, lane] of ours)
        if (!dealt.has(key)) {
          ours.delete(key);
          commits.end(key);
          feed.close(lane);
        }
      for (const { key, topic, partition } of partitions) {
        if (ours.has(key)) continue;
        if (groupId !== undefined) commits.begin(key, topic, partition);
        const next = met.has(key) ? undefined : offsetBehind(actor, "from", from(key));
        ours.set(key, feed.open(topic, partition, next));
        met.add(key);
      }
      queueMicrotask(commits.again);
    };
    const feed = kafkaFeed(kafka, {
      groupId: () => groupId ?? `rxgrad-${randomUUID()}`,
      ...{ topics, ahead, settings: consumer, assigned },
    });
    const commits = kafkaCommits((offsets) => feed.commit(offsets));
    try {
      while (!signal.aborted) {
        const record = feed.take();
        if (!record) {
          await feed.changed(signal);
          continue;
        }
        const key = kafkaPlace(record.topic, record.partition);
        const ack = commits.delivered(key, BigInt(record.offset));
        const found = decoded(record);
        if (found) yield kafkaDelivery(record, found.value, ack);
        else ack();
      }
    } finally {
      commits.settled().then(feed.leave);
    }
  });
};

const actor = "fromKafka()";
