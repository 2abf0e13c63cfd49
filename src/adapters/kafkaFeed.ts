// Long because the life of a consumer, what its group deals, and the lines of its partitions are one state.
import { setMaxListeners } from "node:events";
import { type KafkaLane, type KafkaRecord, kafkaLanes, kafkaPlace } from "./kafkaLanes.ts";
import type {
  KafkaBatch,
  KafkaConsumerLike,
  KafkaConsumerSettings,
  KafkaLike,
  KafkaOffset,
} from "./kafkaLike.ts";
import { kafkaPasses } from "./kafkaPasses.ts";
import { pause } from "./pause.ts";

export interface KafkaFeedOptions {
  /** The group of the next consumer, which is made when the one before is gone. */
  readonly groupId: () => string;
  readonly topics: readonly string[];
  /** A partition is asked for more when fewer messages of it wait. */
  readonly ahead: number;
  readonly settings: KafkaConsumerSettings;
  /** Is told of the partitions that the group has dealt, before anything of them comes. What it throws ends the feed. */
  readonly assigned?: (partitions: readonly KafkaPartition[]) => void;
}

export interface KafkaPartition {
  readonly key: string;
  readonly topic: string;
  readonly partition: number;
}

/** A consumer for as long as somebody wants one: it reads the partitions that are opened, and those alone. */
export interface KafkaFeed {
  /** Goes on at an offset; where the group is, or at the beginning, when there is none. */
  open(topic: string, partition: number, next: bigint | undefined): KafkaLane;
  close(lane: KafkaLane): void;
  /** The next message: of one partition, or of all in turn. */
  take(lane?: KafkaLane): KafkaRecord | undefined;
  /** Resolves when there may be more to take, or nobody wants it. @throws what does not pass. */
  changed(signal: AbortSignal): Promise<void>;
  /** Tells the group. @throws when it has not heard. */
  commit(offsets: KafkaOffset[]): Promise<void>;
  leave(): void;
}

/** Consumers one after the other, each from where the one before has come to. Begins at once. */
export const kafkaFeed = (
  kafka: KafkaLike,
  { groupId, topics, ahead, settings, assigned }: KafkaFeedOptions,
): KafkaFeed => {
  const lanes = kafkaLanes();
  const leaving = new AbortController();
  setMaxListeners(0, leaving.signal);
  const asleep = new Set<() => void>();
  const touched = new Set<string>(); // where the consumer has moved on from where the group is
  let consumer: KafkaConsumerLike | undefined; // one that has joined
  let stored = 0; // commits that the group has taken
  let failure: { readonly error: unknown } | undefined;
  const wake = (): void => {
    for (const go of [...asleep]) go();
  };
  const fail = (error: unknown): void => {
    failure ??= { error };
    leaving.abort();
    wake();
  };
  const changed = (signal: AbortSignal, ms?: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(() => go(), ms);
      const go = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", go);
        asleep.delete(go);
        resolve();
      };
      asleep.add(go);
      signal.addEventListener("abort", go);
      if (signal.aborted) go();
    });
  const isFull = ({ waiting }: KafkaLane): boolean => waiting.length >= ahead;
  const allFull = (): boolean => {
    const open = [...lanes.all()];
    return open.length > 0 && open.every(isFull);
  };
  /** Tells the consumer whether more of a partition is wanted, and from where when it must be told that, too. */
  const tell = (lane: KafkaLane, wanted: boolean, from?: bigint): void => {
    const { topic, partition } = lane;
    try {
      if (from !== undefined) consumer?.seek({ topic, partition, offset: String(from) });
      consumer?.[wanted ? "resume" : "pause"]([{ topic, partitions: [partition] }]);
    } catch {
      // it has crashed, and the next one is told all
    }
  };

  const joined = (own: KafkaConsumerLike, assignment: Readonly<Record<string, readonly number[]>>): void => {
    if (leaving.signal.aborted) return;
    const partitions = Object.entries(assignment).flatMap(([topic, dealt]) =>
      dealt.map((partition): KafkaPartition => ({ key: kafkaPlace(topic, partition), topic, partition })),
    );
    touched.clear();
    consumer = undefined; // so that what is opened now waits for what follows
    assigned?.(partitions);
    consumer = own;
    for (const { key, topic, partition } of partitions) {
      const lane = lanes.get(key);
      if (lane) tell(lane, !isFull(lane), lane.next);
      else own.pause([{ topic, partitions: [partition] }]);
    }
    wake();
  };
  const eachBatch = async ({ batch, resolveOffset, heartbeat, isRunning, isStale }: KafkaBatch) => {
    const { topic, partition } = batch;
    const key = kafkaPlace(topic, partition);
    const lane = lanes.get(key);
    if (!lane || !isRunning() || isStale()) return;
    lanes.put(lane, batch.messages, batch.lastOffset());
    resolveOffset(batch.lastOffset());
    touched.add(key);
    if (isFull(lane)) tell(lane, false);
    wake();
    while (isRunning() && !leaving.signal.aborted && allFull()) {
      await changed(leaving.signal, 500); // instead of asking for nothing, which kafkajs does at intervals
      await heartbeat();
    }
  };
  const consume = async (): Promise<unknown> => {
    const retry = { restartOnFailure: async () => false };
    const own = kafka.consumer({
      maxWaitTimeInMs: 100,
      ...settings,
      groupId: groupId(),
      allowAutoTopicCreation: false,
      retry,
    });
    let over = (_: unknown): void => {};
    const crashed = new Promise<unknown>((resolve) => {
      over = resolve;
      leaving.signal.addEventListener("abort", () => resolve(undefined), { once: true });
    });
    own.on(own.events.CRASH, ({ payload }) => over((payload as { error: unknown }).error));
    own.on(own.events.REBALANCING, () => {
      consumer = undefined;
    });
    own.on(own.events.COMMIT_OFFSETS, () => stored++);
    own.on(own.events.GROUP_JOIN, ({ payload }) => {
      try {
        joined(own, (payload as { memberAssignment: Record<string, number[]> }).memberAssignment);
      } catch (error) {
        fail(error);
      }
    });
    try {
      await own.connect();
      await own.subscribe({ topics: [...topics], fromBeginning: true });
      const how = { autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: 16 };
      if (!leaving.signal.aborted) await own.run({ ...how, eachBatch });
      return await crashed;
    } catch (error) {
      return error;
    } finally {
      consumer = undefined;
      await own.disconnect().catch(() => {});
    }
  };
  const live = async (): Promise<void> => {
    for (let tries = 1; !leaving.signal.aborted; tries++) {
      const began = performance.now();
      const error = await consume();
      if (leaving.signal.aborted) return;
      if (performance.now() - began > 60_000) tries = 1;
      if (!kafkaPasses(error, tries)) fail(error);
      await pause(Math.min(20 * 2 ** tries, 500), leaving.signal);
    }
  };
  live().catch(fail);

  return {
    open: (topic, partition, next) => {
      const key = kafkaPlace(topic, partition);
      const lane = lanes.open(topic, partition, next ?? (touched.has(key) ? 0n : undefined));
      tell(lane, true, lane.next);
      wake();
      return lane;
    },
    close: (lane) => {
      if (lanes.get(kafkaPlace(lane.topic, lane.partition)) === lane) tell(lane, false);
      lanes.close(lane);
      wake();
    },
    take: (own) => {
      const lane = own ?? lanes.ready();
      const record = lane?.waiting.shift();
      if (record && lane!.waiting.length === ahead - 1) {
        tell(lane!, true);
        wake();
      }
      return record;
    },
    changed: async (signal) => {
      if (!failure) await changed(signal);
      if (failure) throw failure.error;
    },
    commit: async (offsets) => {
      for (let tries = 0; tries < 50 && !leaving.signal.aborted; tries++) {
        if (!consumer) throw new Error("the consumer has not joined its group");
        const before = stored;
        await consumer.commitOffsets(offsets);
        if (stored > before) return;
        await pause(20, leaving.signal); // kafkajs ignores what a consumer is told between its joining and its running
      }
      throw new Error("the consumer does not run");
    },
    leave: () => {
      leaving.abort();
      wake();
    },
  };
};
