import { asyncScheduler, type SchedulerLike } from "rxjs";

/** Timers as ever, and a time that nobody sets: a clock that is put right neither ends a wait nor makes it longer. */
export const steadyScheduler: SchedulerLike = {
  now: () => performance.now(),
  schedule: asyncScheduler.schedule.bind(asyncScheduler),
};
