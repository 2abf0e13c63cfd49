/** How many samples are due, of a speed in samples a second and of the time since the last frame. */
export interface Pacing {
  /** Calls `feed` for what is due, until the time of this frame is used up. */
  run(speed: number, ms: number, feed: () => boolean): void;
  forget(): void;
}

/** Samples come at their speed, but never for longer than so many milliseconds of a frame: what is due by then is let go. */
export const pacing = (budget = 9, now: () => number = () => performance.now()): Pacing => {
  let due = 0;
  return {
    run: (speed, ms, feed) => {
      const end = now() + budget;
      due = speed === Number.POSITIVE_INFINITY ? speed : due + (speed * Math.min(ms, 100)) / 1000;
      while (due >= 1 && feed()) {
        due--;
        if (now() < end) continue;
        due %= 1;
        break;
      }
      if (!Number.isFinite(due)) due = 0;
    },
    forget: () => {
      due = 0;
    },
  };
};
