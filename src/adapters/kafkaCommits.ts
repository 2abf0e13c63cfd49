import { type Fifo, fifo } from "../streams/fifo.ts";
import type { KafkaOffset } from "./kafkaLike.ts";

/** What a group is told of what was acknowledged: how far each partition is done without a gap, many at once, and never back. */
export interface KafkaCommits {
  /** A partition is ours from now on. */
  begin(key: string, topic: string, partition: number): void;
  /** It is somebody else's now. */
  end(key: string): void;
  has(key: string): boolean;
  /** A message was delivered; what is returned acknowledges it. */
  delivered(key: string, offset: bigint): () => void;
  /** Tells all once more: somebody may not have heard. */
  again(): void;
  /** Resolves when all is told, or could not be; nothing is told again from then on. */
  settled(): Promise<void>;
}

interface Progress {
  readonly topic: string;
  readonly partition: number;
  readonly open: Fifo<{ readonly offset: bigint; done: boolean }>;
  /** What is to be read next, and what the group knows of that. */
  next: bigint;
  told: bigint;
}

export const kafkaCommits = (commit: (offsets: KafkaOffset[]) => Promise<void>): KafkaCommits => {
  const partitions = new Map<string, Progress>();
  let telling: Promise<void> | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let closing = false;
  const tell = async (): Promise<void> => {
    await Promise.resolve(); // others may follow in the same turn
    for (;;) {
      const news = [...partitions.values()]
        .filter(({ next, told }) => next > told)
        .map((progress) => ({ progress, next: progress.next }));
      if (news.length === 0) return;
      await commit(
        news.map(({ progress: { topic, partition }, next }) => ({ topic, partition, offset: String(next) })),
      );
      for (const { progress, next } of news) progress.told = next;
    }
  };
  const start = (): void => {
    clearTimeout(retry);
    telling ??= tell()
      .catch(() => {}) // told again with the next, when the group is joined again, and soon
      .finally(() => {
        telling = undefined;
        const isBehind = [...partitions.values()].some(({ next, told }) => next > told);
        if (isBehind && !closing) retry = setTimeout(start, 250);
      });
  };
  return {
    begin: (key, topic, partition) =>
      void partitions.set(key, { topic, partition, open: fifo(), next: 0n, told: 0n }),
    end: (key) => void partitions.delete(key),
    has: (key) => partitions.has(key),
    delivered: (key, offset) => {
      const own = partitions.get(key);
      if (!own) return () => {};
      const entry = { offset, done: false };
      own.open.push(entry);
      return () => {
        entry.done = true;
        const before = own.next;
        while (own.open.peek()?.done) own.next = own.open.shift()!.offset + 1n;
        if (own.next > before && partitions.get(key) === own) start();
      };
    },
    again: () => {
      for (const own of partitions.values()) own.told = 0n;
      start();
    },
    settled: async () => {
      closing = true;
      clearTimeout(retry);
      await telling;
    },
  };
};
