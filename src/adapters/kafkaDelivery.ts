import { invalid, inWords } from "../math/invalid.ts";
import type { DecodeOptions, RawForm } from "./decoding.ts";
import type { Delivery } from "./delivery.ts";
import { type KafkaRecord, kafkaPlace } from "./kafkaLanes.ts";

/** A message of a topic; its partition is called topic/number, and its position is its offset there. */
export interface KafkaDelivery<Value> extends Delivery<Value, string> {
  readonly topic: string;
  readonly key: Buffer | null;
}

/** How messages become values: from JSON, unless told otherwise. */
export type KafkaDecodeOptions<Value> = DecodeOptions<KafkaRecord, Value>;

export const recordForm: RawForm<KafkaRecord> = {
  bytesOf: ({ value }) => value ?? new Uint8Array(0),
  sizeOf: ({ key, value }) => (key?.length ?? 0) + (value?.length ?? 0),
};

export const kafkaDelivery = <Value>(
  { topic, partition, offset, key }: KafkaRecord,
  value: Value,
  ack: () => void,
): KafkaDelivery<Value> => ({
  value,
  partition: kafkaPlace(topic, partition),
  position: offset,
  topic,
  key,
  isAfter: (position) => BigInt(offset) > BigInt(position),
  ack,
});

/** The offset behind a position, if there is one. @throws InvalidInputError for what is no offset. */
export const offsetBehind = (actor: string, what: string, position: unknown): bigint | undefined => {
  if (position === undefined) return undefined;
  if (typeof position !== "string" || !/^\d+$/.test(position))
    throw invalid(actor, `an offset as ${what}`, inWords(position));
  return BigInt(position) + 1n;
};
