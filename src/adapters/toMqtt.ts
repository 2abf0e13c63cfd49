import type { IClientOptions } from "mqtt";
import { type MonoTypeOperatorFunction, Observable } from "rxjs";
import { blame, fault, invalid, inWords, knownOptions, whole } from "../math/invalid.ts";
import { receive } from "../streams/receive.ts";
import { encodeJson } from "./decoding.ts";
import { checkMqttTarget, type MqttTarget, mqttClient, mqttRefusal } from "./mqttClient.ts";

export interface ToMqttOptions<Item> {
  /** 1, the default: each message comes to the broker once at least; 0: once at most. */
  readonly qos?: 0 | 1;
  /** What is sent for an item; JSON unless told otherwise. */
  readonly encode?: (item: Item) => Uint8Array;
  /** How many messages may wait for the broker: one more is an error; 1,024. */
  readonly capacity?: number;
  /** What its own client is made with. */
  readonly client?: IClientOptions;
}

/**
 * Publishes each item on a topic of MQTT, and passes it on; completes when the broker has them all. What is published while the
 * connection is lost waits until it is made again.
 * @throws InvalidInputError on options that are none. @throws Error (of the stream) when more waits than `capacity`, and for what the
 * broker refuses.
 * @example alarms$.pipe(toMqtt("mqtt://127.0.0.1", ({ plant }) => `plant/${plant}/alarm`))
 */
export const toMqtt = <Item>(
  target: MqttTarget,
  topic: string | ((item: Item) => string),
  options: ToMqttOptions<Item> = {},
): MonoTypeOperatorFunction<Item> => {
  const actor = "toMqtt()";
  knownOptions(actor, options, ["qos", "encode", "capacity", "client"]);
  checkMqttTarget(actor, target);
  const { qos = 1, encode = encodeJson, capacity = 1024, client: own } = options;
  if (qos !== 0 && qos !== 1) throw invalid(actor, "0 or 1 as qos", inWords(qos));
  whole(actor, "capacity", capacity);
  const topicOf = typeof topic === "function" ? topic : () => topic;
  return (source) =>
    new Observable<Item>((out) => {
      const { client, end } = mqttClient(target, { protocolVersion: 5, ...own });
      let waiting = 0;
      let done = false;
      const fail = (error: unknown): void => {
        if (mqttRefusal(error)) out.error(blame(actor, error));
      };
      client.on("error", fail);
      out.add(() => {
        client.off("error", fail);
        end();
      });
      const finish = (): void => {
        if (done && waiting === 0) out.complete();
      };
      receive(source, out, {
        next: (item) => {
          try {
            if (waiting === capacity)
              throw fault(actor, `at most ${capacity} messages that wait`, "one more");
            waiting++;
            client.publish(topicOf(item), Buffer.from(encode(item)), { qos }, (error) => {
              waiting--;
              if (error) out.error(blame(actor, error));
              finish();
            });
          } catch (error) {
            out.error(error);
            return;
          }
          out.next(item);
        },
        error: (error) => out.error(error),
        complete: () => {
          done = true;
          finish();
        },
      });
    });
};
