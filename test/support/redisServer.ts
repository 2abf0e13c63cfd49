import { hasCommand, type OwnServer, ownServer } from "./ownServer.ts";

/** Whether Debian's `redis-server` is here. */
export const hasRedisServer: boolean = hasCommand("redis-server");

/** A real Redis server that flushes every write to its file, of the test's own. */
export const redisServer = async (): Promise<OwnServer> =>
  ownServer("redis-server", (port, folder) => [
    ...["--bind", "127.0.0.1", "--port", String(port), "--dir", folder],
    ...["--appendonly", "yes", "--appendfsync", "always", "--save", "", "--maxmemory-policy", "noeviction"],
  ]);
