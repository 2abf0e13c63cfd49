import type { DecodeOptions, RawForm } from "./decoding.ts";
import type { Delivery } from "./delivery.ts";
import type { RedisEntry } from "./redisEntries.ts";
import type { GroupEntry } from "./redisGroup.ts";

/** The fields of an entry. */
export type RedisFields = ReadonlyMap<string, Buffer>;

/** An entry of a stream; its position is its id there. */
export interface RedisDelivery<Value> extends Delivery<Value, string> {
  /** Whether the server had delivered it before, and was not told that it may be forgotten. */
  readonly redelivered: boolean;
}

/** How entries become values: from JSON in the field `data`, unless told otherwise. */
export type RedisDecodeOptions<Value> = DecodeOptions<RedisFields, Value>;

/** Where entries keep what is decoded unless told otherwise. */
export const dataField = "data";

export const fieldsForm: RawForm<RedisFields> = {
  bytesOf: (fields) => fields.get(dataField) ?? new Uint8Array(0),
  sizeOf: (fields) => {
    let size = 0;
    for (const [name, value] of fields) size += name.length + value.length;
    return size;
  },
};

export const fieldsOf = ({ fields }: RedisEntry): RedisFields => {
  const found = new Map<string, Buffer>();
  for (let i = 0; i + 1 < fields.length; i += 2) found.set(String(fields[i]), fields[i + 1]!);
  return found;
};

/** An entry read by its position: nothing has to be acknowledged. */
export const redisDelivery = <Value>(partition: string, id: string, value: Value): RedisDelivery<Value> => ({
  value,
  partition,
  position: id,
  redelivered: false,
  isAfter: (position) => isLater(id, position),
  ack: () => {},
});

/** An entry that a group has given: what comes again and was another process's may not have been learned by it. */
export const groupDelivery = <Value>(
  partition: string,
  { id, redelivered, known, ack }: GroupEntry,
  value: Value,
): RedisDelivery<Value> => ({
  value,
  partition,
  position: id,
  redelivered,
  isAfter: (position) => !known && (redelivered || isLater(id, position)),
  ack,
});

/** Whether an id stands behind another one: milliseconds, a dash, and a number within them. */
export const isLater = (id: string, than: string): boolean => {
  const [time, count] = halves(id);
  const [thanTime, thanCount] = halves(than);
  return time === thanTime ? count > thanCount : time > thanTime;
};

const halves = (id: string): readonly [bigint, bigint] => {
  const [time = "0", count = "0"] = id.split("-");
  return [BigInt(time), BigInt(count)];
};
