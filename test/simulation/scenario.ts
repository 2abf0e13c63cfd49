/** What a worker and its messages cost: milliseconds of a core, and bytes. */
export interface Costs {
  /** One step of learning, without its input. */
  readonly step: number;
  /** How the times of single steps are spread, as multiples of the median: [part of all, multiple]. */
  readonly tail: readonly (readonly [number, number])[];
  /** Making a sample of an event that has come. */
  readonly event: number;
  /** Making a message of what was learned, with compression, and sending it. */
  readonly write: number;
  /** Receiving a message, and folding it. */
  readonly read: number;
  /** What one change adds to the closing of a round. */
  readonly close: number;
  /** Beginning a round at the weights of all. */
  readonly begin: number;
  /** Of a message; of one of those that are larger than the log takes, besides what stands in the blob. */
  readonly bytes: number;
  /** Whether a message is so large that it goes through a blob. */
  readonly blob: boolean;
  readonly snapshot: { readonly bytes: number; readonly write: number };
}

/** Where it runs: times in milliseconds, bandwidths in bytes a millisecond. */
export interface Site {
  /** One way, without the bytes: the median, and the spread σ of the logarithm. */
  readonly latency: number;
  readonly jitter: number;
  /** Each way of the server's wire, and of each worker's. */
  readonly serverWire: number;
  readonly workerWire: number;
  /** Cores of the server of the log, and of that of the input, when they have machines of their own. */
  readonly serverCores: number;
  /** All workers and the server on the cores of one machine, of which others use some. */
  readonly shared?: { readonly cores: number; readonly together: number; readonly others: number };
  /** The server's work: for a message that comes, for one that goes to one reader, and a byte of them; for an event. */
  readonly server: {
    readonly store: number;
    readonly storeByte: number;
    readonly deliver: number;
    readonly deliverByte: number;
    readonly event: number;
    readonly eventBytes: number;
  };
  /** How a worker's speed differs from round to round: the σ of the logarithm. */
  readonly straggling: number;
}

/** One run of the simulation. */
export interface Scenario {
  readonly workers: number;
  readonly partitions: number;
  readonly costs: Costs;
  readonly site: Site;
  readonly batch?: number;
  readonly every?: number | "auto";
  readonly staleness?: number;
  readonly timeout?: number;
  readonly snapshotEvery?: number;
  /** Rounds that are left out of the figures, while H is found, and rounds that are counted. */
  readonly warm?: number;
  readonly rounds?: number;
  /** Virtual milliseconds after which it ends in any case. */
  readonly limit?: number;
  /** In each partition; endless unless told. */
  readonly events?: number;
  /** Deaths of one worker in an hour, and the milliseconds until it is there again. */
  readonly failures?: { readonly perHour: number; readonly back: number };
  readonly seed?: number;
}

/** What became of it. */
export interface Outcome {
  /** Virtual milliseconds that were counted. */
  readonly time: number;
  /** Events a second. */
  readonly throughput: number;
  /** How many times the throughput of one worker that tells nobody of anything. */
  readonly speedup: number;
  /** Rounds that were closed, with those that were left out. */
  readonly rounds: number;
  /** H at the end. */
  readonly steps: number;
  /** All events that came into the weights, and how far the partitions were learned. */
  readonly samples: number;
  readonly positions: number;
  /** Messages that came too late, or from who had been removed. */
  readonly refused: number;
  readonly deaths: number;
  /** How busy the wire and the cores of the log's server were, and the cores of that of the input, from 0 to 1; all one when shared. */
  readonly wire: number;
  readonly server: number;
  readonly feeding: number;
}
