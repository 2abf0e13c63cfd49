import { invalid, inWords } from "../math/invalid.ts";

/** Refuses names of partitions that are none, or equal. @throws InvalidInputError */
export const checkPartitions = (actor: string, what: string, partitions: readonly string[]): void => {
  const able =
    Array.isArray(partitions) &&
    partitions.length > 0 &&
    partitions.every((one) => typeof one === "string" && /^[^\s*>]+$/.test(one));
  if (!able) throw invalid(actor, `names without wildcards and spaces as ${what}`, inWords(partitions));
  if (new Set(partitions).size < partitions.length)
    throw invalid(actor, `different names as ${what}`, partitions.join(", "));
};

/** Refuses a partition that there is not. @throws InvalidInputError */
export const checkPartition = (actor: string, partitions: readonly string[], partition: string): void => {
  if (!partitions.includes(partition))
    throw invalid(actor, `one of ${partitions.join(", ")} as a partition`, inWords(partition));
};

/** The same items; that a reader has left is no error. */
export async function* untilAborted<Item>(
  items: AsyncIterable<Item>,
  signal: AbortSignal,
): AsyncGenerator<Item, void, undefined> {
  try {
    yield* items;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
