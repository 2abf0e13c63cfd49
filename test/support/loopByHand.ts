import type { EventLoop } from "../../src/streams/eventLoop.ts";

/** An event loop that turns when it is told to, and where work takes the time that it says. */
export const loopByHand = () => {
  const jobs = new Set<() => void>();
  let time = 0;
  const loop: EventLoop = {
    now: () => time,
    schedule: (job) => {
      jobs.add(job);
      return { unsubscribe: () => void jobs.delete(job) };
    },
  };
  return {
    loop,
    jobs,
    work: (ms: number) => {
      time += ms;
    },
    turn: () => {
      const due = [...jobs];
      jobs.clear();
      for (const job of due) job();
    },
  };
};
