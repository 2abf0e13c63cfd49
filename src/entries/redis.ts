/**
 * Redis Streams as a source and a sink, and as the log and the input of learning on many machines.
 * @module
 */

export type { DecodeOptions } from "../adapters/decoding.ts";
export type { Delivery } from "../adapters/delivery.ts";
export { type FromRedisStreamOptions, fromRedisStream } from "../adapters/fromRedisStream.ts";
export type { RedisDecodeOptions, RedisDelivery, RedisFields } from "../adapters/redisDelivery.ts";
export type { SendingOptions } from "../adapters/sending.ts";
export type { Stored } from "../adapters/stored.ts";
export { type ToRedisStreamOptions, toRedisStream } from "../adapters/toRedisStream.ts";
export type { PartitionedInput } from "../scale/partitionedInput.ts";
export { type RedisInputOptions, redisInput } from "../scale/redisInput.ts";
export { type RedisLogOptions, redisLog } from "../scale/redisLog.ts";
export type { LogEntry, Pointer, UpdateLog } from "../scale/updateLog.ts";
