import type { JsMsg } from "@nats-io/jetstream";
import type { Delivery } from "./delivery.ts";

/** A message of a stream; its position is its sequence there. */
export interface JetStreamDelivery<Value> extends Delivery<Value, number> {
  readonly subject: string;
  /** Whether the server had delivered it before, and was not told that it may be forgotten. */
  readonly redelivered: boolean;
}

/** A message read by its position: nothing has to be acknowledged. */
export const readDelivery = <Value>(
  partition: string,
  { seq, subject }: JsMsg,
  value: Value,
): JetStreamDelivery<Value> => ({
  value,
  partition,
  position: seq,
  subject,
  redelivered: false,
  isAfter: (position) => seq > position,
  ack: () => {},
});

/**
 * A message of a durable consumer, which is delivered again until it is acknowledged. `unacked` holds what came before and was not:
 * what comes again without being there was another process's, which may not have learned it.
 */
export const durableDelivery = <Value>(
  partition: string,
  message: JsMsg,
  value: Value,
  unacked: Set<number>,
): JetStreamDelivery<Value> => {
  const { seq, subject, redelivered } = message;
  const known = unacked.has(seq);
  unacked.add(seq);
  return {
    value,
    partition,
    position: seq,
    subject,
    redelivered,
    isAfter: (position) => !known && (redelivered || seq > position),
    ack: () => {
      unacked.delete(seq);
      message.ack(); // comes again when the connection takes this along
    },
  };
};
