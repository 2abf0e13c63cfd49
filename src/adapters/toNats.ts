import type { NatsConnection } from "@nats-io/transport-node";
import { concat, defer, ignoreElements, type MonoTypeOperatorFunction, tap } from "rxjs";
import { knownOptions } from "../math/invalid.ts";
import { encodeJson } from "./decoding.ts";

export interface ToNatsOptions<Value> {
  readonly subject: string | ((value: Value) => string);
  /** The bytes of a value; JSON unless told otherwise. */
  readonly encode?: (value: Value) => Uint8Array;
}

/**
 * Publishes values to whoever listens now, and passes them on: at most once, nobody acknowledges. It completes when the server has got
 * them. What must arrive goes through `toJetStream`.
 * @throws InvalidInputError on options that are none.
 */
export const toNats = <Value>(
  connection: NatsConnection,
  options: ToNatsOptions<Value>,
): MonoTypeOperatorFunction<Value> => {
  knownOptions("toNats()", options, ["subject", "encode"]);
  const { subject, encode = encodeJson } = options;
  const subjectOf = typeof subject === "function" ? subject : () => subject;
  return (values$) =>
    concat(
      values$.pipe(tap((value) => connection.publish(subjectOf(value), encode(value)))),
      defer(() => connection.flush()).pipe(ignoreElements()),
    );
};
