import type { Redis } from "ioredis";
import { decoding, knownDecoding } from "../adapters/decoding.ts";
import { fieldsForm, fieldsOf, type RedisDecodeOptions, redisDelivery } from "../adapters/redisDelivery.ts";
import { redisEntries } from "../adapters/redisEntries.ts";
import { redisId } from "../adapters/redisId.ts";
import { whole } from "../math/invalid.ts";
import type { PartitionedInput } from "./partitionedInput.ts";
import { checkPartition, checkPartitions, untilAborted } from "./partitions.ts";

export interface RedisInputOptions<Value> extends RedisDecodeOptions<Value> {
  /** The keys of the streams, one for each partition. */
  readonly streams: readonly string[];
  /** How many entries of a partition are asked for at once; 64. */
  readonly ahead?: number;
}

/**
 * Redis Streams as an input in parts, a stream each; a position is the id of an entry. Each reader has a connection of its own, like
 * the one that is given.
 * @throws InvalidInputError on options that are none.
 */
export const redisInput = <Value>(
  redis: Redis,
  options: RedisInputOptions<Value>,
): PartitionedInput<Value, string> => {
  knownDecoding(actor, options, ["streams", "ahead"]);
  const { streams, ahead = 64 } = options;
  checkPartitions(actor, "streams", streams);
  whole(actor, "ahead", ahead);
  const decoded = decoding(actor, options, fieldsForm);
  const deliveries = async function* (stream: string, after: string, signal: AbortSignal) {
    for await (const entry of redisEntries(redis, stream, { after, ahead, signal })) {
      const found = decoded(fieldsOf(entry));
      if (found) yield redisDelivery(stream, entry.id, found.value);
    }
  };
  return {
    partitions: [...streams],
    open: (partition, after = "0", signal) => {
      checkPartition(actor, streams, partition);
      return untilAborted(deliveries(partition, redisId(actor, "after", after), signal), signal);
    },
  };
};

const actor = "redisInput()";
