import type { NatsConnection } from "@nats-io/transport-node";
import { Observable } from "rxjs";
import { invalid, inWords } from "../math/invalid.ts";
import { backpressure } from "../streams/backpressure.ts";
import { byteForm, type DecodeOptions, decoding, knownDecoding } from "./decoding.ts";

export interface FromNatsOptions<Value> extends DecodeOptions<Uint8Array, Value> {
  /** How many values may wait. */
  readonly capacity: number;
  /** What happens when one more comes; core NATS cannot be paused, so "block" is none of them. */
  readonly overflow: "dropOldest" | "dropNewest" | "sample" | "error";
  /** Is told of each value that is dropped. */
  readonly dropped?: (value: Value) => void;
  /** Subscribers of one name share the messages. */
  readonly queue?: string;
}

/**
 * What is published on a subject of core NATS, wildcards included: at most once, since nobody keeps it. What is published while this
 * process or the connection is away is lost; the subscription outlives that. It completes when the connection is closed.
 * @throws InvalidInputError on options that are none.
 * @example
 * fromNats<Reading>(connection, "sensors.>", { capacity: 1000, overflow: "dropOldest" }).pipe(encode(schema), minibatch(32), …);
 */
export const fromNats = <Value>(
  connection: NatsConnection,
  subject: string,
  options: FromNatsOptions<Value>,
): Observable<Value> => {
  knownDecoding(actor, options, ["capacity", "overflow", "dropped", "queue"]);
  const { capacity, overflow, dropped, queue } = options;
  if ((overflow as string) === "block")
    throw invalid(actor, "dropOldest, dropNewest, sample or error as overflow", inWords(overflow));
  const decoded = decoding(actor, options, byteForm);
  const values$ = new Observable<Value>((out) => {
    const subscription = connection.subscribe(subject, {
      ...(queue === undefined ? {} : { queue }),
      callback: (error, message) => {
        if (error) {
          out.error(error);
          return;
        }
        try {
          const found = decoded(new Uint8Array(message.data));
          if (found) out.next(found.value);
        } catch (refused) {
          out.error(refused);
        }
      },
    });
    subscription.closed.then(
      () => out.complete(),
      (error) => out.error(error),
    );
    return () => subscription.unsubscribe();
  });
  return values$.pipe(backpressure({ capacity, overflow, ...(dropped ? { dropped } : {}) }));
};

const actor = "fromNats()";
