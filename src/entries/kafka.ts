/**
 * Kafka as a source and a sink, and as the input of learning on many machines.
 * @module
 */

export type { DecodeOptions } from "../adapters/decoding.ts";
export type { Delivery } from "../adapters/delivery.ts";
export { type FromKafkaOptions, fromKafka } from "../adapters/fromKafka.ts";
export type { KafkaDecodeOptions, KafkaDelivery } from "../adapters/kafkaDelivery.ts";
export type { KafkaRecord } from "../adapters/kafkaLanes.ts";
export type {
  KafkaConsumerLike,
  KafkaConsumerSettings,
  KafkaLike,
  KafkaMessage,
  KafkaProducerLike,
} from "../adapters/kafkaLike.ts";
export type { SendingOptions } from "../adapters/sending.ts";
export { type KafkaStored, type ToKafkaOptions, toKafka } from "../adapters/toKafka.ts";
export { type KafkaInputOptions, kafkaInput } from "../scale/kafkaInput.ts";
export type { PartitionedInput } from "../scale/partitionedInput.ts";
