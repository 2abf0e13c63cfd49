import type { Reason } from "./roundsState.ts";

/** A round that has been closed, as one worker has lived through it. */
export interface RoundReport {
  readonly round: number;
  /** Whose changes are in it. */
  readonly members: readonly string[];
  /** Events of all members, and those of this worker. */
  readonly samples: number;
  readonly own: number;
  /** Steps of all members, and their mean loss, each before its step. */
  readonly steps: number;
  readonly loss: number;
  /** Milliseconds of this worker since its round before. */
  readonly time: RoundTime;
  /** Of this worker's message. */
  readonly bytes: number;
  /** Messages that were refused, since the log began. */
  readonly refused: number;
  /** The same, by what was wrong with them. */
  readonly refusedFor: Readonly<Record<Reason, number>>;
  /** Events that came again, and samples that were left out, since this worker began. */
  readonly repeated: number;
  readonly skipped: number;
  /** What the statistics and metrics of all say. */
  readonly shared: Readonly<Record<string, unknown>>;
}

/** Where the time of a worker has gone. */
export interface RoundTime {
  readonly learning: number;
  /** Events: waiting for them, and making samples of them. */
  readonly reading: number;
  /** Telling the others, and taking in what they tell. */
  readonly exchange: number;
  /** Waiting for the others. */
  readonly waiting: number;
}
