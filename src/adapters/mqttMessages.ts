import type { IClientOptions, IPublishPacket } from "mqtt";
import { blame } from "../math/invalid.ts";
import { fifo } from "../streams/fifo.ts";
import { type MqttArrival, mqttAcks } from "./mqttAcks.ts";
import { type MqttTarget, mqttClient, mqttRefusal } from "./mqttClient.ts";
import { routed } from "./mqttRoutes.ts";

export interface MqttReading {
  readonly qos: 0 | 1;
  readonly ahead: number;
  readonly signal: AbortSignal;
}

/** Messages in the order in which they come; only when less than `ahead` wait, the client takes the next one. */
export async function* mqttMessages(
  actor: string,
  target: MqttTarget,
  topic: string,
  connecting: IClientOptions,
  { qos, ahead, signal }: MqttReading,
): AsyncGenerator<{ readonly packet: IPublishPacket; readonly arrival: MqttArrival }, void, undefined> {
  const { client, end } = mqttClient(target, connecting);
  const arrive = mqttAcks(client);
  const waiting = fifo<{ packet: IPublishPacket; arrival: MqttArrival }>();
  let held: (() => void) | undefined;
  let wake = (): void => {};
  let failure: unknown;
  const leave = routed(client, {
    filter: topic,
    take: (packet, done) => {
      const arrival = arrive(packet);
      const next = (): void => done(packet.qos === 1 ? acknowledgedLater : undefined);
      if (arrival.acked) {
        arrival.ack();
        next();
        return;
      }
      waiting.push({ packet, arrival });
      if (waiting.length < ahead) next();
      else held = next;
      wake();
    },
  });
  const fail = (error: unknown): void => {
    if (!mqttRefusal(error)) return;
    failure ??= blame(actor, error);
    wake();
  };
  const stop = (): void => wake();
  client.on("error", fail);
  signal.addEventListener("abort", stop);
  client.subscribe(topic, { qos }, (error) => error && fail(error));
  try {
    while (!signal.aborted) {
      const next = waiting.shift();
      if (held && waiting.length < ahead) {
        const go = held;
        held = undefined;
        go();
      }
      if (next) yield next;
      else if (failure !== undefined) throw failure;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    signal.removeEventListener("abort", stop);
    leave();
    client.off("error", fail);
    if (client.connected && typeof target === "object" && !(target instanceof URL)) client.unsubscribe(topic);
    held?.();
    end();
  }
}

/** Has the client go on without an acknowledgement of its own. */
const acknowledgedLater = new Error("acknowledged later");
