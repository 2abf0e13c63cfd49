import type { Clock } from "./clock.ts";
import type { Wait } from "./process.ts";

/** Those who wait for something to change, in virtual time. */
export interface Waking {
  wake(): void;
  readonly wait: Wait;
  /** Until the next `wake`, or for so many milliseconds. */
  atMost(ms: number): Wait;
}

export const waking = (clock: Clock): Waking => {
  let asleep: (() => void)[] = [];
  const wait: Wait = (resume) => void asleep.push(resume);
  return {
    wake: () => {
      const woken = asleep;
      asleep = [];
      for (const go of woken) clock.after(0, go);
    },
    wait,
    atMost: (ms) => (resume) => {
      let waits = true;
      const go = (): void => {
        if (waits) resume();
        waits = false;
      };
      wait(go);
      if (ms < Number.POSITIVE_INFINITY) clock.after(ms, go);
    },
  };
};
