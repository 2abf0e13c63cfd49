import { type Decimated, decimated } from "./decimated.ts";
import type { Reading, SavedLine } from "./pageMessage.ts";

/** All lines from the start until now, at one resolution; their size does not grow with time. */
export interface KeptLines {
  readonly time: Decimated;
  readonly step: Decimated;
  readonly all: readonly SavedLine[];
  /** Adds what was read at a look; gives what is kept of that. */
  add(now: number, steps: number, readings: readonly Reading[]): readonly Reading[];
}

/** Buckets of a line, and lines. */
export const capacity = 1000;
const most = 160;

export const keptLines = (): KeptLines => {
  const history = decimated(capacity);
  const lines = new Map<string, SavedLine>();
  const time = history.init();
  const step = history.init();
  const nameOf = ([section, chart, line]: Reading): string => `${section}\n${chart}\n${line}`;
  let at = -1;
  return {
    time,
    step,
    get all() {
      return [...lines.values()];
    },
    add: (now, steps, readings) => {
      at++;
      history.step(time, { at, value: now });
      history.step(step, { at, value: steps });
      const values = new Map<string, number>();
      for (const reading of readings) {
        const [section, chart, line, value] = reading;
        const name = nameOf(reading);
        if (!lines.has(name) && lines.size < most) lines.set(name, [section, chart, line, history.init()]);
        values.set(name, value);
      }
      for (const [name, line] of lines) history.step(line[3], { at, value: values.get(name) ?? Number.NaN });
      return readings.filter((reading) => lines.has(nameOf(reading)) && Number.isFinite(reading[3]));
    },
  };
};
