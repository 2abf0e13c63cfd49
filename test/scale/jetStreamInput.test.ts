import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { patientNats } from "../../src/adapters/patientNats.ts";
import { jetStreamInput } from "../../src/scale/jetStreamInput.ts";
import { hasNatsServer, natsServer } from "../support/natsServer.ts";
import { partitionedInputLaws, type Told } from "./partitionedInputLaws.ts";

partitionedInputLaws("jetStreamInput()", { name: "nats-server", available: hasNatsServer }, async () => {
  const server = await natsServer();
  const { servers } = server;
  const connection = await connect({ servers, maxReconnectAttempts: -1, reconnectTimeWait: 20 });
  let sources = 0;
  return {
    source: async () => {
      const stream = `in-${++sources}`;
      const subjects = [0, 1, 2].map((partition) => `${stream}.${partition}`);
      await (await jetstreamManager(connection)).streams.add({ name: stream, subjects });
      let sent = 0;
      return {
        open: async (options = {}) => jetStreamInput<Told>(connection, { stream, subjects, ...options }),
        send: async (partition, text) => {
          const msgID = String(sent++);
          await patientNats(connection, () =>
            jetstream(connection).publish(subjects[partition]!, text, { msgID }),
          );
        },
      };
    },
    crash: async () => {
      await server.kill();
      await server.restart();
    },
    end: async () => {
      await connection.close();
      await server.stop();
    },
  };
});
