import type { NatsConnection } from "@nats-io/transport-node";
import type { Observable } from "rxjs";
import { invalid, inWords, whole } from "../math/invalid.ts";
import { fromPull } from "../streams/fromPull.ts";
import { byteForm, type DecodeOptions, decoding, knownDecoding } from "./decoding.ts";
import { durableMessages } from "./durableMessages.ts";
import { durableDelivery, type JetStreamDelivery, readDelivery } from "./jetStreamDelivery.ts";
import { jetStreamMessages } from "./jetStreamMessages.ts";

export interface FromJetStreamOptions<Value> extends DecodeOptions<Uint8Array, Value> {
  readonly stream: string;
  /** A subject of the stream, with wildcards where wanted; all when left out. */
  readonly filter?: string;
  /** The sequence behind which to begin, the beginning of the stream when left out: `ledger.from(stream)`. */
  readonly after?: number | undefined;
  /** The name of a durable consumer that remembers what was acknowledged, in place of `after`. */
  readonly durable?: string;
  /** Milliseconds after which what a durable consumer has not seen acknowledged comes again; 30,000. */
  readonly ackWait?: number;
  /** How many messages are asked for at once; 64. */
  readonly ahead?: number;
}

/**
 * The messages of a JetStream stream, at the pace of what stands behind, over interruptions of the connection.
 *
 * By position, the default, they come in order and once each, behind `after`: with a ledger whose position is in the checkpoint,
 * each has its effect once, whenever the process is killed. The partition is the filter or, without one, the stream.
 * A durable consumer is for several processes that share the work: `ack()` acknowledges, what was not comes again, at least once and
 * behind others.
 * @throws InvalidInputError on options that are none.
 * @example
 * fromJetStream<Payment>(connection, { stream: "PAYMENTS", after: ledger.from("PAYMENTS") }).pipe(ledger.receive(), …);
 */
export const fromJetStream = <Value>(
  connection: NatsConnection,
  options: FromJetStreamOptions<Value>,
): Observable<JetStreamDelivery<Value>> => {
  knownDecoding(actor, options, ["stream", "filter", "after", "durable", "ackWait", "ahead"]);
  const { stream, filter, after = 0, durable, ackWait = 30_000, ahead = 64 } = options;
  whole(actor, "after", after, 0);
  whole(actor, "ackWait", ackWait);
  whole(actor, "ahead", ahead);
  if (durable !== undefined && options.after !== undefined)
    throw invalid(actor, "after or durable", `both, ${after} and ${inWords(durable)}`);
  const decoded = decoding(actor, options, byteForm);
  const partition = filter ?? stream;
  const filtered = filter === undefined ? {} : { filter };
  return fromPull(async function* (signal) {
    if (durable === undefined) {
      const reading = { ...filtered, from: after + 1, ahead, signal };
      for await (const message of jetStreamMessages(connection, stream, reading)) {
        const found = decoded(new Uint8Array(message.data));
        if (found) yield readDelivery(partition, message, found.value);
      }
      return;
    }
    const reading = { ...filtered, durable, ackWait, ahead, signal };
    const unacked = new Set<number>();
    for await (const message of durableMessages(connection, stream, reading)) {
      const found = decoded(new Uint8Array(message.data));
      if (found) yield durableDelivery(partition, message, found.value, unacked);
      else message.ack();
    }
  });
};

const actor = "fromJetStream()";
