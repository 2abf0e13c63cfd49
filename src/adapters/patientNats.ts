import type { NatsConnection } from "@nats-io/transport-node";
import { natsPasses } from "./natsPasses.ts";
import { onInterruption } from "./onInterruption.ts";
import { patiently } from "./patiently.ts";

/**
 * What a call on NATS answers; it waits for the connection to be made again, and is then made again itself, at once rather than after
 * its timeout. So it must be harmless to repeat.
 * @throws what does not pass, that the connection is closed for good among it, and the signal's reason.
 */
export const patientNats = <T>(
  connection: NatsConnection,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> => patiently(() => unlessInterrupted(connection, work, signal), natsPasses, signal);

const unlessInterrupted = <T>(
  connection: NatsConnection,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> =>
  new Promise((resolve, reject) => {
    const interrupt = (): void => {
      leave();
      const gone = new Error("the connection to NATS was interrupted");
      reject(signal?.aborted ? signal.reason : Object.assign(gone, { name: "InterruptedError" }));
    };
    const forget = onInterruption(connection, interrupt);
    signal?.addEventListener("abort", interrupt);
    const leave = (): void => {
      forget();
      signal?.removeEventListener("abort", interrupt);
    };
    work().then(resolve, reject).finally(leave);
  });
