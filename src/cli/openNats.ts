import { connect, type NatsConnection } from "@nats-io/transport-node";
import { failure } from "./failure.ts";

/** Connects to a server, and does so again whenever the connection is lost. @throws Failure when it is not there at first */
export const openNats = async (url: string): Promise<NatsConnection> => {
  try {
    const servers = url.split(",").map((one) => one.trim());
    return await connect({
      servers,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      ignoreAuthErrorAbort: true,
    });
  } catch (error) {
    throw failure(`no NATS server answers at ${url}: ${(error as Error).message}`, { cause: error });
  }
};
