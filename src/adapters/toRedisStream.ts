import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import type { OperatorFunction } from "rxjs";
import { knownOptions, whole } from "../math/invalid.ts";
import { ownRedis, patientRedis } from "./patientRedis.ts";
import { dataField } from "./redisDelivery.ts";
import { type SendingOptions, sending } from "./sending.ts";
import type { Stored } from "./stored.ts";

export interface ToRedisStreamOptions<Value> extends SendingOptions {
  /** The key of the stream. */
  readonly stream: string;
  /** The fields of an entry; JSON in the field `data` unless told otherwise. */
  readonly encode?: (value: Value) => Readonly<Record<string, string | Buffer>>;
  /** About how many entries the stream keeps; all when left out. */
  readonly keep?: number;
}

/**
 * Appends values to a Redis Stream, and emits each when that is acknowledged, with its id; it completes when all are. Interruptions of the
 * connection are waited for, and what was under way is sent again: once as the stream sees it, for which a key beside it remembers ids for
 * ten minutes.
 * @throws InvalidInputError on options that are none.
 * @example
 * scores$.pipe(toRedisStream(redis, { stream: "scores", keep: 100_000 })).subscribe();
 */
export const toRedisStream = <Value>(
  redis: Redis,
  options: ToRedisStreamOptions<Value>,
): OperatorFunction<Value, Stored<Value, string>> => {
  knownOptions(actor, options, ["stream", "encode", "keep", "inFlight", "capacity"]);
  const { stream, keep = 0 } = options;
  const { encode = (value: Value) => ({ [dataField]: JSON.stringify(value) }) } = options;
  whole(actor, "keep", keep, 0);
  return sending(actor, options, () => {
    const own = ownRedis(redis);
    const sent = `${stream.includes("{") ? stream : `{${stream}}`}:sent:${randomUUID()}`;
    let count = 0;
    const send = async (value: Value, signal: AbortSignal): Promise<Stored<Value, string>> => {
      const fields = Object.entries(encode(value)).flat();
      const number = count++;
      const add = () => own.eval(addScript, 2, stream, sent, number, keep, ...fields);
      return { value, position: (await patientRedis(add, signal)) as string };
    };
    return { send, leave: () => own.disconnect() };
  });
};

const actor = "toRedisStream()";

/** Appends once: KEYS are the stream and a hash of what was sent, ARGV a number, how many to keep, and fields and values. */
const addScript = `
local id = redis.call("HGET", KEYS[2], ARGV[1])
if id then return id end
local fields = {}
for i = 3, #ARGV do fields[i - 2] = ARGV[i] end
if ARGV[2] == "0" then id = redis.call("XADD", KEYS[1], "*", unpack(fields))
else id = redis.call("XADD", KEYS[1], "MAXLEN", "~", ARGV[2], "*", unpack(fields)) end
redis.call("HSET", KEYS[2], ARGV[1], id)
redis.call("HDEL", KEYS[2], string.format("%.0f", ARGV[1] - 20000))
redis.call("EXPIRE", KEYS[2], 600)
return id`;
