import { type KafkaFeed, kafkaFeed } from "../adapters/kafkaFeed.ts";
import type { KafkaConsumerSettings, KafkaLike } from "../adapters/kafkaLike.ts";

/** Tells a group how far partitions are learned, whoever reads them. */
export interface KafkaLag {
  /** Joins the group, for those who begin to read. */
  enter(): void;
  reached(partition: number, offset: string): void;
  leave(): void;
}

/**
 * A member of the group that reads nothing: a group takes offsets of any partition from any member. What it cannot be told now, it is told
 * with what comes next; who leaves stays for up to ten seconds until it has heard of the last.
 */
export const kafkaLag = (
  kafka: KafkaLike,
  {
    groupId,
    topic,
    settings,
  }: { readonly groupId: string; readonly topic: string; readonly settings: KafkaConsumerSettings },
): KafkaLag => {
  const next = new Map<number, bigint>();
  const told = new Map<number, bigint>();
  let feed: KafkaFeed | undefined;
  let working = false;
  let leaving = false;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let patience: ReturnType<typeof setTimeout> | undefined;
  const isTold = (): boolean => [...next].every(([partition, offset]) => told.get(partition) === offset);
  const tell = async (own: KafkaFeed): Promise<void> => {
    const news = [...next].filter(([partition, offset]) => offset > (told.get(partition) ?? 0n));
    if (news.length === 0) return;
    await own.commit(news.map(([partition, offset]) => ({ topic, partition, offset: String(offset) })));
    for (const [partition, offset] of news) told.set(partition, offset);
    await tell(own);
  };
  const start = (): void => {
    const own = feed;
    clearTimeout(retry);
    if (working || !own) return;
    working = true;
    Promise.resolve()
      .then(() => tell(own))
      .catch(() => {})
      .finally(() => {
        working = false;
        if (leaving && isTold()) end();
        else if (leaving) retry = setTimeout(start, 250);
      });
  };
  const stay = (): void => {
    leaving = false;
    clearTimeout(retry);
    clearTimeout(patience);
  };
  const end = (): void => {
    stay();
    feed?.leave();
    feed = undefined;
  };
  return {
    enter: () => {
      stay();
      feed ??= kafkaFeed(kafka, {
        groupId: () => groupId,
        ...{ topics: [topic], ahead: 1, settings: { ...settings, maxWaitTimeInMs: 500 } },
        assigned: () => queueMicrotask(start),
      });
    },
    reached: (partition, offset) => {
      const behind = BigInt(offset) + 1n;
      if (behind > (next.get(partition) ?? 0n)) next.set(partition, behind);
      start();
    },
    leave: () => {
      stay();
      leaving = true;
      patience = setTimeout(end, 10_000);
      start();
    },
  };
};
