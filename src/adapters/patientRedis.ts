import type { Redis } from "ioredis";
import { patiently } from "./patiently.ts";

/** A connection of one's own like that of the caller, on which calls wait for as long as the server is away. */
export const ownRedis = (redis: Redis): Redis => {
  const own = redis.duplicate({ maxRetriesPerRequest: null, enableOfflineQueue: true });
  own.on("error", () => {}); // calls tell of what lasts
  return own;
};

/** What a call on Redis answers, which is made again while the server loads what it keeps. It must be harmless to repeat. */
export const patientRedis = <T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> =>
  patiently(work, passes, signal);

const passes = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === "MaxRetriesPerRequestError" ||
    /^(LOADING|BUSY|TRYAGAIN|CLUSTERDOWN|MASTERDOWN) /.test(error.message));
