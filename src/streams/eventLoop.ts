import type { Unsubscribable } from "rxjs";

/** A clock, and turns: a job runs after everything else that is due. Every RxJS scheduler that waits is one. */
export interface EventLoop {
  /** The time in milliseconds. */
  now(): number;
  /** Runs a job in another turn, unless it is unsubscribed before. */
  schedule(job: () => void): Unsubscribable;
}

/**
 * The event loop itself: before the job runs, timers and I/O have had their turn. It is no timer, which would wait a
 * millisecond, or four in a browser.
 */
export const eventLoop: EventLoop = {
  now: () => performance.now(),
  schedule: (job) => (typeof setImmediate === "function" ? afterInput(job) : afterMessage(job)),
};

/** Node, Deno and Bun. */
const afterInput = (job: () => void): Unsubscribable => {
  const immediate = setImmediate(job);
  return { unsubscribe: () => clearImmediate(immediate) };
};

/** Browsers. Not `scheduler.yield()`, which goes on before timers that are due. */
const afterMessage = (job: () => void): Unsubscribable => {
  const { port1, port2 } = new MessageChannel();
  const unsubscribe = (): void => {
    port1.onmessage = null; // closing does not call back a message that is on its way
    port1.close();
  };
  port1.onmessage = () => {
    unsubscribe();
    job();
  };
  port2.postMessage(undefined);
  return { unsubscribe };
};
