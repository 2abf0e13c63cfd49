import type { NatsConnection } from "@nats-io/transport-node";

/**
 * Calls when a connection has been lost, and when it has been made again or closed, until it is told to stop: what was asked
 * for on it before is not answered any more.
 */
export const onInterruption = (connection: NatsConnection, call: () => void): (() => void) => {
  const calls = watched.get(connection) ?? watch(connection);
  calls.add(call);
  return () => void calls.delete(call);
};

/** One reader of the status for each connection, which nothing but the end of the connection ends. */
const watched = new WeakMap<NatsConnection, Set<() => void>>();

const watch = (connection: NatsConnection): Set<() => void> => {
  const calls = new Set<() => void>();
  watched.set(connection, calls);
  const tell = (): void => {
    for (const call of [...calls]) call();
  };
  const listen = async (): Promise<void> => {
    for await (const { type } of connection.status())
      if (type === "disconnect" || type === "reconnect") tell();
    tell();
  };
  listen().catch(tell);
  return calls;
};
