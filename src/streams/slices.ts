import type { EventLoop } from "./eventLoop.ts";
import type { Gate } from "./pulling.ts";

/** A gate that is open for some milliseconds of each turn. */
export const slices = (ms: number, scheduler: EventLoop): Gate => {
  let deadline = scheduler.now() + ms;
  return {
    open: () => scheduler.now() < deadline,
    wait: (resume) =>
      scheduler.schedule(() => {
        deadline = scheduler.now() + ms;
        resume();
      }),
  };
};
