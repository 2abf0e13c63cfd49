import { randomUUID } from "node:crypto";
import { jetstream } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import type { OperatorFunction } from "rxjs";
import { knownOptions } from "../math/invalid.ts";
import { encodeJson } from "./decoding.ts";
import { patientNats } from "./patientNats.ts";
import { type SendingOptions, sending } from "./sending.ts";
import type { Stored } from "./stored.ts";

export interface ToJetStreamOptions<Value> extends SendingOptions {
  /** Where to; a stream must listen there. */
  readonly subject: string | ((value: Value) => string);
  /** The bytes of a value; JSON unless told otherwise. */
  readonly encode?: (value: Value) => Uint8Array;
  /**
   * What the server knows a value by: it stores one id once within some minutes. Unless told otherwise one made up for the subscription,
   * so that what is sent again after an interruption is not stored twice.
   */
  readonly id?: (value: Value) => string;
}

/**
 * Stores values in a JetStream stream, and emits each when that is acknowledged, with its sequence; it completes when all are.
 * Interruptions of the connection are waited for, and what was under way is sent again, once as the stream sees it.
 * @throws InvalidInputError on options that are none.
 * @example
 * scores$.pipe(toJetStream(connection, { subject: "scores" })).subscribe();
 */
export const toJetStream = <Value>(
  connection: NatsConnection,
  options: ToJetStreamOptions<Value>,
): OperatorFunction<Value, Stored<Value, number>> => {
  knownOptions(actor, options, ["subject", "encode", "id", "inFlight", "capacity"]);
  const { subject, encode = encodeJson } = options;
  const subjectOf = typeof subject === "function" ? subject : () => subject;
  return sending(actor, options, () => {
    const own = randomUUID();
    let count = 0;
    const { id = () => `${own} ${count++}` } = options;
    const js = jetstream(connection);
    const send = async (value: Value, signal: AbortSignal): Promise<Stored<Value, number>> => {
      const [to, bytes, msgID] = [subjectOf(value), encode(value), id(value)];
      const { seq } = await patientNats(connection, () => js.publish(to, bytes, { msgID }), signal);
      return { value, position: seq };
    };
    return { send };
  });
};

const actor = "toJetStream()";
