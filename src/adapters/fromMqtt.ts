import type { IClientOptions } from "mqtt";
import type { Observable } from "rxjs";
import { invalid, inWords, whole } from "../math/invalid.ts";
import { fromPull } from "../streams/fromPull.ts";
import { type DecodeOptions, decoding, knownDecoding } from "./decoding.ts";
import type { Delivery } from "./delivery.ts";
import { checkMqttTarget, type MqttTarget } from "./mqttClient.ts";
import { mqttMessages } from "./mqttMessages.ts";

/** A message as it came. */
export interface MqttMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
}

/** A message of a topic. */
export interface MqttDelivery<Value> extends Delivery<Value, number> {
  readonly topic: string;
}

export interface FromMqttOptions<Value> extends DecodeOptions<MqttMessage, Value> {
  /** 1, the default: messages are kept by the broker until they are acknowledged; 0: they come once at most. */
  readonly qos?: 0 | 1;
  /**
   * A number in the values that grows, by which one that comes again to another process is known: a sequence of the sender. Without
   * it, positions count what came to this process.
   */
  readonly position?: (value: Value) => number;
  /** How many messages may be on their way without being acknowledged, if the client is its own; 1,024. */
  readonly inFlight?: number;
  /** How many messages may wait; then the connection is not read. 64. */
  readonly ahead?: number;
  /** What its own client is made with, beside what follows from the above: `clientId`, `username`, `properties`. */
  readonly client?: IClientOptions;
}

/**
 * The messages of a topic of MQTT, or of all that a filter with `+` and `#` names, as JSON unless `decode` says otherwise, at the pace of
 * what stands behind. With QoS 1 the broker is told that it may forget a message when it is acknowledged, which a ledger does once it is
 * learned or checkpointed, and sends it again otherwise: once at least, and within one process, whatever becomes of the
 * connection, once. `inFlight` must hold all that waits for an acknowledgement: a batch or, with `ack: "checkpointed"`, all
 * between two checkpoints.
 *
 * Its own client speaks MQTT 5, keeps its session for an hour (with `client: { clientId }` over restarts of the process), and is ended with the
 * subscription; one that was given is only unsubscribed.
 * @throws InvalidInputError on options that are none, and (of the stream) for messages that cannot be decoded.
 * @throws Error (of the stream) for what the broker refuses.
 * @example
 * fromMqtt<Reading>("mqtt://127.0.0.1", "plant/+/heat", { client: { clientId: "learner" } }).pipe(ledger.receive(), …)
 */
export const fromMqtt = <Value>(
  target: MqttTarget,
  topic: string,
  options: FromMqttOptions<Value> = {},
): Observable<MqttDelivery<Value>> => {
  knownDecoding("fromMqtt()", options, ["qos", "position", "inFlight", "ahead", "client"]);
  checkMqttTarget("fromMqtt()", target);
  if (typeof topic !== "string" || topic === "") throw invalid("fromMqtt()", "a topic", inWords(topic));
  const actor = `fromMqtt(${inWords(topic)})`;
  const { qos = 1, position, inFlight = 1024, ahead = 64, client: own } = options;
  if (qos !== 0 && qos !== 1) throw invalid(actor, "0 or 1 as qos", inWords(qos));
  whole(actor, "inFlight", inFlight);
  whole(actor, "ahead", ahead);
  const decoded = decoding(actor, options, {
    bytesOf: ({ payload }) => payload,
    sizeOf: ({ payload }) => payload.length,
  });
  const connecting: IClientOptions = {
    protocolVersion: 5,
    clean: qos === 0,
    clientId: `rxgrad-${crypto.randomUUID()}`,
    ...own,
    properties: { receiveMaximum: inFlight, sessionExpiryInterval: qos === 0 ? 0 : 3600, ...own?.properties },
  };
  return fromPull(
    async function* (signal) {
      for await (const { packet, arrival } of mqttMessages(actor, target, topic, connecting, {
        qos,
        ahead,
        signal,
      })) {
        const { topic: name, payload } = packet;
        const found = decoded({ topic: name, payload: new Uint8Array(payload as Buffer) });
        const { number, ack } = arrival;
        if (!found) {
          ack();
          continue;
        }
        const { value } = found;
        const at = position?.(value);
        yield {
          value,
          partition: topic,
          topic: name,
          position: at ?? number,
          isAfter: (other) => at === undefined || at > other, // what this process knows again has its number
          ack,
        };
      }
    },
    { ahead: 0 },
  );
};
