import { fromPull, type Sample } from "rxgrad";
import type { Delivery } from "rxgrad/sources";
import { map } from "rxjs";

interface Message {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly value: Buffer;
  commit(): void;
}

/** Deliveries of any client that gives messages with an offset. */
export const fromOtherClient = (messages: AsyncIterable<Message>) =>
  fromPull(messages).pipe(
    map(
      ({ topic, partition, offset, value, commit }): Delivery<Sample, string> => ({
        value: JSON.parse(String(value)),
        partition: `${topic}/${partition}`,
        position: String(offset),
        isAfter: (position) => offset > BigInt(position),
        ack: commit,
      }),
    ),
  );
