import type { SchedulerLike } from "rxjs";

/** Those who wait for something to change, and are woken all at once. */
export interface Waking {
  wake(): void;
  /** Resolves at the next `wake`, when the signal says so, or after so many milliseconds. */
  wait(signal: AbortSignal, ms?: number): Promise<void>;
}

/** Waiting for whatever may change, with timers of a scheduler; nothing stays behind when a wait is over. */
export const waking = (scheduler: SchedulerLike): Waking => {
  const asleep = new Set<() => void>();
  return {
    wake: () => {
      for (const go of [...asleep]) go();
    },
    wait: (signal, ms) =>
      new Promise((resolve) => {
        const timer = ms === undefined ? undefined : scheduler.schedule(() => go(), Math.max(ms, 0));
        const go = (): void => {
          timer?.unsubscribe();
          signal.removeEventListener("abort", go);
          asleep.delete(go);
          resolve();
        };
        asleep.add(go);
        signal.addEventListener("abort", go);
        if (signal.aborted) go();
      }),
  };
};
