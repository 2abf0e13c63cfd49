import type { Load } from "../streams/backpressure.ts";
import type { Reading } from "./pageMessage.ts";

/** How fast steps come. */
export interface Pace {
  /** Rows and steps a second since the reading before, when there have been so many. */
  read(rows: number, steps: number): readonly Reading[];
}

export const pace = (): Pace => {
  let before = { at: performance.now(), rows: 0, steps: 0 };
  return {
    read: (rows, steps) => {
      const at = performance.now();
      const perSecond = (n: number): number => (at > before.at ? (1000 * n) / (at - before.at) : Number.NaN);
      const readings: readonly Reading[] = [
        ["machine", "throughput, a second", "rows", perSecond(rows - before.rows)],
        ["machine", "throughput, a second", "steps", perSecond(steps - before.steps)],
      ];
      before = { at, rows, steps };
      return readings;
    },
  };
};

/** How a queue stands. */
export const paceOfQueue = (load: Load | number | undefined): readonly Reading[] => {
  if (load === undefined) return [];
  if (typeof load === "number") return [["machine", "queue", "waiting", load]];
  return [
    ["machine", "queue", "waiting", load.depth],
    ["machine", "queue", "dropped in all", load.dropped],
  ];
};
