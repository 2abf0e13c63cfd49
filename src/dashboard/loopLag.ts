import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Reading } from "./pageMessage.ts";

/** How late timers are, in milliseconds. */
export interface LoopLag {
  /** Percentiles since the reading before. */
  read(): readonly Reading[];
  close(): void;
}

/** Node's own measure: a timer that is due every so many milliseconds, beyond which it counts. */
const resolution = 10;

export const loopLag = (): LoopLag => {
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  return {
    read: () => {
      const late = (share: number): number => Math.max(0, delay.percentile(share) / 1e6 - resolution);
      const readings: readonly Reading[] = [
        ["machine", "event-loop lag, ms", "p50", late(50)],
        ["machine", "event-loop lag, ms", "p99", late(99)],
      ];
      delay.reset();
      return readings;
    },
    close: () => delay.disable(),
  };
};
