import { hasCommand, type OwnServer, ownServer } from "./ownServer.ts";

/** Whether Debian's `nats-server` is here. */
export const hasNatsServer: boolean = hasCommand("nats-server");

/** A real NATS server with JetStream, of the test's own. */
export const natsServer = async (): Promise<OwnServer & { readonly servers: string }> => {
  const server = await ownServer("nats-server", (port, folder) => [
    ...["-a", "127.0.0.1", "-p", String(port)],
    ...["-js", "-sd", folder],
  ]);
  return { ...server, servers: `127.0.0.1:${server.port}` };
};
