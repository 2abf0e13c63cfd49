/**
 * NATS and JetStream as sources and sinks, and as the log and the input of learning on many machines.
 * @module
 */

export type { DecodeOptions } from "../adapters/decoding.ts";
export type { Delivery } from "../adapters/delivery.ts";
export { type FromJetStreamOptions, fromJetStream } from "../adapters/fromJetStream.ts";
export { type FromNatsOptions, fromNats } from "../adapters/fromNats.ts";
export type { JetStreamDelivery } from "../adapters/jetStreamDelivery.ts";
export type { SendingOptions } from "../adapters/sending.ts";
export type { Stored } from "../adapters/stored.ts";
export { type ToJetStreamOptions, toJetStream } from "../adapters/toJetStream.ts";
export { type ToNatsOptions, toNats } from "../adapters/toNats.ts";
export { type JetStreamInputOptions, jetStreamInput } from "../scale/jetStreamInput.ts";
export { type NatsLogOptions, natsLog } from "../scale/natsLog.ts";
export type { PartitionedInput } from "../scale/partitionedInput.ts";
export type { LogEntry, Pointer, UpdateLog } from "../scale/updateLog.ts";
