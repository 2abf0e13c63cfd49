import type { Redis } from "ioredis";
import type { Observable } from "rxjs";
import { invalid, inWords, whole } from "../math/invalid.ts";
import { fromPull } from "../streams/fromPull.ts";
import { decoding, knownDecoding } from "./decoding.ts";
import {
  fieldsForm,
  fieldsOf,
  groupDelivery,
  type RedisDecodeOptions,
  type RedisDelivery,
  redisDelivery,
} from "./redisDelivery.ts";
import { redisEntries } from "./redisEntries.ts";
import { redisGroup } from "./redisGroup.ts";
import { redisId } from "./redisId.ts";

export interface FromRedisStreamOptions<Value> extends RedisDecodeOptions<Value> {
  /** The key of the stream. */
  readonly stream: string;
  /** The id behind which to begin, the beginning of the stream when left out: `ledger.from(stream)`. */
  readonly after?: string | undefined;
  /** A group of readers that share the stream, in place of `after`; made when it is not there. */
  readonly group?: string;
  /** The name of this reader in the group: the same after a restart, and nobody else's. */
  readonly consumer?: string;
  /** Milliseconds after which what a reader of the group has not acknowledged is taken over; 60,000. */
  readonly claimAfter?: number;
  /** How many entries are asked for at once; 64. */
  readonly ahead?: number;
}

/**
 * The entries of a Redis Stream, at the pace of what stands behind, on connections of its own like the one that is given, and over
 * their interruptions.
 *
 * By position, the default, they come in order and once each, behind `after`: with a ledger whose position is in the checkpoint,
 * each has its effect once, whenever the process is killed. The partition is the key of the stream.
 * In a group, several processes share the work: `ack()` acknowledges; what was not, also by a reader that has died, comes again, at least
 * once and behind others.
 * @throws InvalidInputError on options that are none.
 * @example
 * fromRedisStream<Payment>(redis, { stream: "payments", after: ledger.from("payments") }).pipe(ledger.receive(), …);
 */
export const fromRedisStream = <Value>(
  redis: Redis,
  options: FromRedisStreamOptions<Value>,
): Observable<RedisDelivery<Value>> => {
  knownDecoding(actor, options, ["stream", "after", "group", "consumer", "claimAfter", "ahead"]);
  const { stream, group, consumer, claimAfter = 60_000, ahead = 64 } = options;
  const after = redisId(actor, "after", options.after ?? "0");
  whole(actor, "claimAfter", claimAfter);
  whole(actor, "ahead", ahead);
  if ((group === undefined) !== (consumer === undefined))
    throw invalid(actor, "group and consumer together", `${inWords(group)} and ${inWords(consumer)}`);
  if (group !== undefined && options.after !== undefined)
    throw invalid(actor, "after or group", `both, ${after} and ${inWords(group)}`);
  const decoded = decoding(actor, options, fieldsForm);
  return fromPull(async function* (signal) {
    if (group === undefined || consumer === undefined) {
      for await (const entry of redisEntries(redis, stream, { after, ahead, signal })) {
        const found = decoded(fieldsOf(entry));
        if (found) yield redisDelivery(stream, entry.id, found.value);
      }
      return;
    }
    for await (const entry of redisGroup(redis, stream, { group, consumer, claimAfter, ahead, signal })) {
      const found = decoded(fieldsOf(entry));
      if (found) yield groupDelivery(stream, entry, found.value);
      else entry.ack();
    }
  });
};

const actor = "fromRedisStream()";
