import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { failure } from "./failure.ts";

/** Lets a server listen, and answers where. @throws Failure */
export const listening = async (server: Server, port: number, host: string): Promise<string> => {
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") throw failure(`port ${port} of ${host} is in use; --port 0 finds a free one`);
    throw failure(`port ${port} of ${host} cannot be served: ${message}`, { cause: error });
  }
  const { address, port: own } = server.address() as AddressInfo;
  return `http://${address.includes(":") ? `[${address}]` : address}:${own}`;
};

/** Answers what was asked, and then no more; what does not end in five seconds is cut off. */
export const closed = async (server: Server): Promise<void> => {
  const timer = setTimeout(() => server.closeAllConnections(), 5000);
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeIdleConnections();
  });
  clearTimeout(timer);
};
