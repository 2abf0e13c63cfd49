import { setTimeout as wait } from "node:timers/promises";

/**
 * What a piece of work answers, which is begun again, after a short while that grows to half a second, for as long as what goes wrong
 * is said to pass: a connection that is being made again, a server that starts. Such work must be harmless to repeat.
 * @throws what does not pass, and the signal's reason.
 */
export const patiently = async <T>(
  work: () => Promise<T>,
  passes: (error: unknown, tries: number) => boolean,
  signal?: AbortSignal,
): Promise<T> => {
  for (let tries = 1; ; tries++) {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      if (!passes(error, tries)) throw error;
    }
    await wait(Math.min(20 * 2 ** tries, 500), undefined, signal ? { signal } : {});
  }
};
