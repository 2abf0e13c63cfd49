import type { NatsConnection } from "@nats-io/transport-node";
import { byteForm, type DecodeOptions, decoding, knownDecoding } from "../adapters/decoding.ts";
import { readDelivery } from "../adapters/jetStreamDelivery.ts";
import { jetStreamMessages } from "../adapters/jetStreamMessages.ts";
import { whole } from "../math/invalid.ts";
import type { PartitionedInput } from "./partitionedInput.ts";
import { checkPartition, checkPartitions, untilAborted } from "./partitions.ts";

export interface JetStreamInputOptions<Value> extends DecodeOptions<Uint8Array, Value> {
  readonly stream: string;
  /** One for each partition: "in.0", "in.1". */
  readonly subjects: readonly string[];
  /** How many messages of a partition are asked for at once; 64. */
  readonly ahead?: number;
}

/**
 * A JetStream stream as an input in parts, a subject each; a position is a sequence of the stream.
 * @throws InvalidInputError on options that are none.
 */
export const jetStreamInput = <Value>(
  connection: NatsConnection,
  options: JetStreamInputOptions<Value>,
): PartitionedInput<Value, number> => {
  knownDecoding(actor, options, ["stream", "subjects", "ahead"]);
  const { stream, subjects, ahead = 64 } = options;
  checkPartitions(actor, "subjects", subjects);
  whole(actor, "ahead", ahead);
  const decoded = decoding(actor, options, byteForm);
  const deliveries = async function* (filter: string, after: number, signal: AbortSignal) {
    for await (const message of jetStreamMessages(connection, stream, {
      filter,
      from: after + 1,
      ahead,
      signal,
    })) {
      const found = decoded(new Uint8Array(message.data));
      if (found) yield readDelivery(filter, message, found.value);
    }
  };
  return {
    partitions: [...subjects],
    open: (partition, after = 0, signal) => {
      checkPartition(actor, subjects, partition);
      whole(actor, "after", after, 0);
      return untilAborted(deliveries(partition, after, signal), signal);
    },
  };
};

const actor = "jetStreamInput()";
