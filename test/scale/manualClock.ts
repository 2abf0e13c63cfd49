import { type SchedulerLike, Subscription } from "rxjs";

/** A scheduler whose time passes when it is told to. */
export interface ManualClock extends SchedulerLike {
  advance(ms: number): void;
}

export const manualClock = (): ManualClock => {
  let now = 0;
  const jobs = new Set<{ readonly at: number; readonly run: () => void }>();
  return {
    now: () => now,
    schedule: (work: (this: never, state?: never) => void, delay = 0) => {
      const job = { at: now + delay, run: () => work.call(undefined as never) };
      jobs.add(job);
      return new Subscription(() => jobs.delete(job));
    },
    advance: (ms) => {
      now += ms;
      for (const job of [...jobs].sort((a, b) => a.at - b.at))
        if (job.at <= now && jobs.delete(job)) job.run();
    },
  };
};
