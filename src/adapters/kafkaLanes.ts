import { type Fifo, fifo } from "../streams/fifo.ts";
import type { KafkaMessage } from "./kafkaLike.ts";

/** A message, and the partition it stands in. */
export interface KafkaRecord extends KafkaMessage {
  readonly topic: string;
  readonly partition: number;
}

/** One partition that is read: what waits of it, and the offset to go on at, if one is known. */
export interface KafkaLane {
  readonly topic: string;
  readonly partition: number;
  readonly waiting: Fifo<KafkaRecord>;
  next: bigint | undefined;
}

/** The partitions that a consumer reads, each in its order whatever is fetched again. */
export interface KafkaLanes {
  get(key: string): KafkaLane | undefined;
  all(): Iterable<KafkaLane>;
  open(topic: string, partition: number, next: bigint | undefined): KafkaLane;
  /** Forgets it, unless another was opened in its place. */
  close(lane: KafkaLane): void;
  /** Takes in what has come, but for what came before. */
  put(lane: KafkaLane, messages: readonly KafkaMessage[], last: string): void;
  /** One in which something waits: each in turn. */
  ready(): KafkaLane | undefined;
}

/** How a partition is called. */
export const kafkaPlace = (topic: string, partition: number): string => `${topic}/${partition}`;

export const kafkaLanes = (): KafkaLanes => {
  const lanes = new Map<string, KafkaLane>();
  return {
    get: (key) => lanes.get(key),
    all: () => lanes.values(),
    open: (topic, partition, next) => {
      const lane = { topic, partition, waiting: fifo<KafkaRecord>(), next };
      lanes.set(kafkaPlace(topic, partition), lane);
      return lane;
    },
    close: (lane) => {
      const key = kafkaPlace(lane.topic, lane.partition);
      if (lanes.get(key) === lane) lanes.delete(key);
    },
    put: (lane, messages, last) => {
      const { topic, partition } = lane;
      for (const message of messages) {
        const offset = BigInt(message.offset);
        if (lane.next !== undefined && offset < lane.next) continue;
        lane.waiting.push({ ...message, topic, partition });
        lane.next = offset + 1n;
      }
      const behind = BigInt(last) + 1n; // of what only brokers read
      if (lane.next === undefined || behind > lane.next) lane.next = behind;
    },
    ready: () => {
      for (const [key, lane] of lanes) {
        if (lane.waiting.length === 0) continue;
        lanes.delete(key); // the others come first now
        lanes.set(key, lane);
        return lane;
      }
      return undefined;
    },
  };
};
