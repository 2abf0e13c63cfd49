import { connect, type Socket } from "node:net";
import { Kafka, logLevel, type Producer } from "kafkajs";
import type { KafkaCluster } from "./kafkaCluster.ts";

/** A client that says nothing, tries again soon, and knows how many sockets it has open. */
export const quietKafka = ({
  brokers,
}: Pick<KafkaCluster, "brokers">): { kafka: Kafka; sockets: ReadonlySet<Socket> } => {
  const sockets = new Set<Socket>();
  const kafka = new Kafka({
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 20, maxRetryTime: 100, factor: 0 },
    socketFactory: ({ host, port, onConnect }) => {
      const socket = connect(port, host, onConnect);
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      return socket;
    },
  });
  return { kafka, sockets };
};

/** A producer that stores what it sends once. */
export const kafkaProducer = async (kafka: Kafka): Promise<Producer> => {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  return producer;
};
