/**
 * One message of a source that keeps what it has sent: a broker, a file. Its value, where it stands, and what tells the source that
 * it may be forgotten.
 */
export interface Delivery<Value, Position = unknown> {
  readonly value: Value;
  /** Within what the messages have an order, in which they come for the first time: a stream, a topic's partition, a file. */
  readonly partition: string;
  /** Where it stands there; plain data, which a checkpoint keeps, and from which the source goes on. */
  readonly position: Position;
  /** Whether it stands behind `position`, which was reached before: what does not was delivered again. */
  isAfter(position: Position): boolean;
  /** Tells the source that this message, alone, need not be delivered again. What goes wrong is the source's to report. */
  ack(): void;
}
