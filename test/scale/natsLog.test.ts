import { connect, type NatsConnection } from "@nats-io/transport-node";
import { natsLog } from "../../src/scale/natsLog.ts";
import { hasNatsServer, natsServer } from "../support/natsServer.ts";
import { updateLogLaws } from "./updateLogLaws.ts";

updateLogLaws(
  "natsLog()",
  async () => {
    const server = await natsServer();
    const connections: NatsConnection[] = [];
    return {
      log: async (name) => {
        const { servers } = server;
        connections.push(await connect({ servers, maxReconnectAttempts: -1, reconnectTimeWait: 20 }));
        return natsLog(connections.at(-1)!, { name });
      },
      crash: async () => {
        await server.kill();
        await server.restart();
      },
      end: async () => {
        await Promise.all(connections.map((connection) => connection.close()));
        await server.stop();
      },
    };
  },
  { name: "nats-server", available: hasNatsServer },
);
