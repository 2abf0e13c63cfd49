import { jetstreamManager, RetentionPolicy } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { toJetStream } from "rxgrad/nats";
import { from, lastValueFrom } from "rxjs";
import { natsServer } from "../../test/support/natsServer.ts";
import { encodeFlights, type FlightEvent } from "./flightEvent.ts";
import { inMessages, subjectOf, subjects } from "./parts.ts";

/** A NATS server of our own with a stream of flights in it. */
export interface Broker {
  readonly servers: string;
  readonly connection: NatsConnection;
  /** Stores events, each once whatever happens to the server meanwhile. */
  publish(events: readonly FlightEvent[]): Promise<void>;
  /** Kills the server as a crash would, and starts it once more. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

/** `perMessage`: flights in a message. */
export const broker = async (perMessage: number): Promise<Broker> => {
  const server = await natsServer();
  const { servers } = server;
  const connection = await connect({ servers, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: "flights", subjects: [...subjects], retention: RetentionPolicy.Limits });
  return {
    servers,
    connection,
    publish: async (events) => {
      const messages = inMessages(events, perMessage);
      const storing = toJetStream<readonly FlightEvent[]>(connection, {
        subject: subjectOf,
        encode: encodeFlights,
        id: ([first]) => String(first!.id),
        inFlight: 64,
        capacity: Math.max(messages.length, 1),
      });
      await lastValueFrom(from(messages).pipe(storing), { defaultValue: undefined });
    },
    crash: async () => {
      await server.kill();
      await server.restart();
    },
    stop: async () => {
      await connection.close();
      await server.stop();
    },
  };
};
