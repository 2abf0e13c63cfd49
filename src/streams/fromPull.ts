import { defer, type Observable } from "rxjs";
import { finite, knownOptions, whole } from "../math/invalid.ts";
import type { Load } from "./backpressure.ts";
import { type EventLoop, eventLoop } from "./eventLoop.ts";
import { pullAhead } from "./pullAhead.ts";
import { type PullCounts, pullCounts } from "./pullCounts.ts";
import { pulling } from "./pulling.ts";
import { checkPulled, type Opened, opened, type PullSource } from "./pullSource.ts";
import { slices } from "./slices.ts";

export interface FromPullOptions {
  /** How many items may be on their way, or wait, while one is worked on. 0 asks only when it is done. */
  readonly ahead?: number;
  /** Milliseconds of work downstream after which timers and I/O have a turn. */
  readonly ms?: number;
  /** Where clock and turns come from. */
  readonly scheduler?: EventLoop;
  /** Is told how what was pulled ahead stands, after each turn, and whenever nothing waits; nothing is ever dropped. */
  readonly load?: (load: Load) => void;
}

/**
 * The items of an async iterable, a stream of Node or of the web, or an iterable, at the pace of what stands behind: at most
 * `ahead` items are asked for before the one in hand is done (1 unless told otherwise), so nothing piles up, and nothing is
 * lost. Timers and I/O have a turn after every `ms` milliseconds of work.
 *
 * Whoever unsubscribes closes the source at once, also a silent one: streams are destroyed or cancelled. An async
 * generator that waits for something hears of it only through the `signal` that a function is given. Such a function
 * starts anew at each subscription. Errors pass.
 *
 * The pace is that of synchronous work. What is asynchronous belongs in front, into the generator: behind, in a `concatMap`, it
 * would queue without bound.
 * @throws InvalidInputError on what cannot be pulled from.
 * @example
 * fromPull(createReadStream("events.ndjson").pipe(split()), { ahead: 16 }).pipe(map(sampleOf), minibatch(32), train(…));
 * fromPull(async function* (signal) { for await (const [event] of on(feed, "event", { signal })) yield await enriched(event); });
 */
export const fromPull = <Item>(source: PullSource<Item>, options: FromPullOptions = {}): Observable<Item> => {
  knownOptions(actor, options, ["ahead", "ms", "scheduler", "load"]);
  const { ahead = 1, ms = 4, scheduler = eventLoop, load } = options;
  whole(actor, "ahead", ahead, 0);
  finite(actor, "ms", ms, { min: 0 });
  if (typeof source !== "function") checkPulled(actor, source);
  const start = (counts?: PullCounts): Observable<Item> => {
    const iterable = {
      [Symbol.asyncIterator]: (): AsyncIterator<Item> => {
        const first = opened(actor, source) as Opened<Item> & AsyncIterator<Item>; // pulling takes answers of now, too
        const iterator = counts?.came(first) ?? first;
        const queued = first.sync || ahead === 0 ? iterator : pullAhead(iterator, ahead);
        return counts?.went(queued) ?? queued;
      },
    };
    const gate = () => slices(ms, scheduler);
    return pulling(iterable, () => counts?.gate(gate()) ?? gate());
  };
  return load ? defer(() => start(pullCounts(load))) : start();
};

const actor = "fromPull()";
