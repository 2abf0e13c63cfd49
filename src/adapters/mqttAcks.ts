import type { IPublishPacket, MqttClient } from "mqtt";
import { type Fifo, fifo } from "../streams/fifo.ts";

/** A message that came. */
export interface MqttArrival {
  /** How many different ones had come with it. */
  readonly number: number;
  /** Whether it was acknowledged before, and the broker had not heard of that. */
  readonly acked: boolean;
  ack(): void;
}

interface Message {
  readonly number: number;
  acked: boolean;
  /** Its place in the line of the connection over which it came last. */
  place: { readonly id: number; acked: boolean };
}

/**
 * Acknowledges messages of QoS 1 long after the client has gone on to the next ones: in the order in which they came, as the protocol
 * wants it, and over the connection over which they came last. A message that comes again over another one is known by its identifier.
 */
export const mqttAcks = (client: MqttClient): ((packet: IPublishPacket) => MqttArrival) => {
  const messages = new Map<number, Message>();
  let stream: MqttClient["stream"] | undefined;
  let line: Fifo<Message["place"]> = fifo();
  let count = 0;
  const flush = (): void => {
    for (let first = line.peek(); first?.acked; first = line.peek()) {
      line.shift();
      if (client.connected && client.stream === stream) stream.write(puback(first.id));
    }
  };
  return (packet) => {
    if (packet.qos === 0) return { number: ++count, acked: false, ack: () => {} };
    if (client.stream !== stream) {
      stream = client.stream;
      line = fifo();
    }
    const id = packet.messageId!;
    const place = { id, acked: false };
    line.push(place);
    let message = packet.dup ? messages.get(id) : undefined;
    if (message) message.place = place;
    else message = { number: ++count, acked: false, place };
    messages.set(id, message);
    const known = message;
    const ack = (): void => {
      known.acked = true;
      known.place.acked = true;
      flush();
    };
    const { number, acked } = known;
    return { number, acked, ack };
  };
};

/** A PUBACK as it is sent, the same in MQTT 3.1.1 and 5. */
const puback = (id: number): Uint8Array => Uint8Array.of(0x40, 2, id >> 8, id & 0xff);
