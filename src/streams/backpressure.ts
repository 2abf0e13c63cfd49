import type { MonoTypeOperatorFunction } from "rxjs";
import { finite, invalid, inWords, knownOptions, whole } from "../math/invalid.ts";
import { type EventLoop, eventLoop } from "./eventLoop.ts";
import { fifo } from "./fifo.ts";
import { type Overflow, type OverflowPolicy, overflows } from "./overflow.ts";
import { takingTurns } from "./takingTurns.ts";

/** How a queue stands. */
export interface Load {
  /** Items that wait now, and the most that ever did. */
  readonly depth: number;
  readonly peak: number;
  /** Items that came, that went on, and that were dropped; what is left waits. */
  readonly received: number;
  readonly delivered: number;
  readonly dropped: number;
}

export interface BackpressureOptions<Item> {
  /** How many items may wait; never more do. */
  readonly capacity: number;
  /**
   * What happens when one more comes. "block" has the source paused when half of the places are taken, so that nothing is
   * lost. "dropOldest" lets go of the one that has waited longest, "dropNewest" of the one that comes. "sample" keeps a random
   * sample of all that have come since there was room, each with the same chance, in their order. "error" ends the stream.
   */
  readonly overflow: OverflowPolicy;
  /** For "block": have the source pause, and go on; so it does, too, if it was left paused and is subscribed to again. */
  readonly pause?: () => void;
  readonly resume?: () => void;
  /** Milliseconds of work downstream after which timers and I/O have a turn. */
  readonly ms?: number;
  /** Where clock and turns come from. */
  readonly scheduler?: EventLoop;
  /** For "sample": the same seed keeps the same items. */
  readonly seed?: number;
  /** Is told of each item that is dropped. */
  readonly dropped?: (item: Item) => void;
  /** Is told how the queue stands, after each turn in which items waited, and at the end of a burst. */
  readonly load?: (load: Load) => void;
}

/**
 * Lets a source push faster than what stands behind can work, within bounds: as `yieldEvery` it gives timers and I/O a turn
 * after every `ms` milliseconds of work, and what comes meanwhile waits, `capacity` items at most. Those without a place go
 * the way of `overflow`. The end, or an error, comes after all that wait.
 *
 * What is pulled from needs no queue, and loses nothing: `fromPull(source, { ahead })`. A source that only pushes, and cannot be
 * paused, cannot be blocked either: "block" without `pause` is an error as soon as the queue is full.
 * @throws InvalidInputError (as an error of the stream, at once) under "error", and under "block" when the source does not
 * pause, and one more comes than there are places.
 * @example
 * fromEvent<Sample>(feed, "sample").pipe(backpressure({ capacity: 1000, overflow: "dropOldest" }), minibatch(32), train(…));
 * fromEvent<Sample>(socket, "data").pipe(
 *   backpressure({ capacity: 1000, overflow: "block", pause: () => socket.pause(), resume: () => socket.resume() }), …);
 */
export const backpressure = <Item>(options: BackpressureOptions<Item>): MonoTypeOperatorFunction<Item> => {
  knownOptions(actor, options, known);
  const {
    capacity,
    overflow,
    pause,
    resume,
    ms = 4,
    scheduler = eventLoop,
    seed = 0,
    dropped,
    load,
  } = options;
  whole(actor, "capacity", capacity);
  whole(actor, "seed", seed, 0);
  finite(actor, "ms", ms, { min: 0 });
  if (!Object.hasOwn(overflows, overflow))
    throw invalid(actor, `${Object.keys(overflows).join(", ")} as overflow`, inWords(overflow));
  if ((pause === undefined) !== (resume === undefined) || (pause && overflow !== "block"))
    throw invalid(actor, 'pause and resume together, with overflow: "block"', inWords(overflow));
  const high = Math.ceil(capacity / 2);
  const low = Math.floor(capacity / 4);
  let left = false; // a source, paused, by who unsubscribed: whoever subscribes next is to have it go on

  return takingTurns(ms, scheduler, () => {
    const pending = fifo<Item>();
    const full: Overflow<Item> = overflows[overflow](pending, capacity, seed);
    const counts = { peak: 0, received: 0, dropped: 0 };
    let paused = false;
    const drop = (item: Item): void => {
      counts.dropped++;
      dropped?.(item);
    };
    return {
      pending,
      opened: () => {
        if (left) resume!();
        left = false;
      },
      closed: () => {
        left ||= paused;
      },
      passed: () => {
        counts.received++;
      },
      take: (item) => {
        counts.received++;
        if (pending.length === capacity) {
          drop(full.make(item));
          return;
        }
        full.roomy?.();
        pending.push(item);
        if (pending.length > counts.peak) counts.peak = pending.length;
        if (!pause || paused || pending.length < high) return;
        paused = true; // before the source may push what it still has
        pause();
      },
      turned: () => {
        const { received } = counts;
        load?.({ ...counts, depth: pending.length, delivered: received - counts.dropped - pending.length });
        if (!paused || pending.length > low) return;
        paused = false;
        resume!();
      },
    };
  });
};

const actor = "backpressure()";

const known: readonly (keyof BackpressureOptions<never>)[] = [
  "capacity",
  "overflow",
  "pause",
  "resume",
  "ms",
  "scheduler",
  "seed",
  "dropped",
  "load",
];
