import type { SchedulerLike } from "rxjs";
import type { MergeableFold } from "../folds/mergeable.ts";
import type { GuardedOptions } from "../graph/learning.ts";
import type { Model } from "../graph/model.ts";
import { finite, invalid, inWords, knownOptions, whole } from "../math/invalid.ts";
import type { Sample, SparseSample } from "../streams/sample.ts";
import type { ScoredStep } from "../streams/train.ts";
import { checkName } from "./checkName.ts";
import type { Compress } from "./compression.ts";
import type { Outer } from "./outerStep.ts";
import { steadyScheduler } from "./steadyScheduler.ts";
import type { UpdateLog } from "./updateLog.ts";

/** What the statistics of all workers say, as of the beginning of the round: the same for each of them. */
export type Shared = Readonly<Record<string, unknown>>;

export interface LearnFromOptions<Value> extends GuardedOptions {
  readonly log: UpdateLog;
  /** The name of this worker, which nobody else has; a process that takes its place has the same. */
  readonly worker: string;
  readonly model: Model;
  /**
   * What an event teaches; a list for a message that holds several, undefined for one that teaches nothing. `shared` is what the
   * statistics of all say.
   */
  readonly samples: (
    value: Value,
    shared: Shared,
  ) => Sample | SparseSample | readonly (Sample | SparseSample)[] | undefined;
  /** Samples of a step: 32. */
  readonly batch?: number;
  /** Steps of a round: 16; or as many as make the exchange a small part of the time, by what the workers measure. */
  readonly every?: number | "auto";
  /** The outer step: `rate` 1 without momentum, which is the mean of the workers' weights. */
  readonly outer?: Partial<Outer>;
  /** How many rounds a worker may be ahead of the slowest: 0. */
  readonly staleness?: number;
  readonly compress?: Compress;
  /**
   * Folds over events, whose states are brought together round by round. An event that one of them refuses, or that would make its state
   * NaN or infinite, is in none of them, and so is one whose samples are all refused: see `onInvalid`.
   */
  readonly statistics?: Readonly<Record<string, MergeableFold<Value, unknown>>>;
  /** Metrics of what the model answered before it learned, brought together likewise. */
  readonly metrics?: Readonly<Record<string, MergeableFold<ScoredStep, unknown>>>;
  /** How many workers the first round waits for: 1. */
  readonly workers?: number;
  /** Milliseconds after which a round goes on without those who have delivered nothing: 10,000. */
  readonly timeout?: number;
  /** Milliseconds that a worker waits for events before it delivers what it has: 100. */
  readonly maxWait?: number;
  /** Rounds between two versions: 16. */
  readonly snapshotEvery?: number;
  /** Whether what the rule keeps begins anew in each round; then what a crash takes away had gone anyway. */
  readonly renew?: "never" | "round";
  /** Says that this worker is to leave, and to complete once it has said so in the log; unsubscribing does not wait for that. */
  readonly signal?: AbortSignal;
  /** Whether unsubscribing says goodbye in the log, so that the others need not wait for the timeout: true. */
  readonly leave?: boolean;
  /** What becomes of a sample that cannot be learned, or an event that cannot be counted: an error, or it is left out and counted. */
  readonly onInvalid?: "error" | "skip";
  /** Of timeouts: that of the event loop, with a time that does not jump when somebody sets the clock. */
  readonly scheduler?: SchedulerLike;
  /** Of measured times, in milliseconds. */
  readonly clock?: () => number;
}

export type Settings<Value> = Required<Omit<LearnFromOptions<Value>, Optional>> &
  Pick<LearnFromOptions<Value>, Optional> & { readonly outer: Outer };
type Optional = "compress" | "classWeight" | "guard" | "signal";

const names: readonly (keyof LearnFromOptions<never>)[] = [
  ...(["log", "worker", "model", "samples", "batch", "every", "outer", "staleness", "compress"] as const),
  ...([
    "statistics",
    "metrics",
    "workers",
    "timeout",
    "maxWait",
    "snapshotEvery",
    "renew",
    "signal",
    "leave",
  ] as const),
  ...(["onInvalid", "scheduler", "clock", "loss", "optimizer", "classWeight", "guard"] as const),
];

/** Options with what they are unless told otherwise. @throws InvalidInputError */
export const settingsOf = <Value>(actor: string, options: LearnFromOptions<Value>): Settings<Value> => {
  knownOptions(actor, options, names);
  const { outer = {}, ...others } = options;
  knownOptions(actor, outer, ["rate", "momentum", "nesterov"]);
  const settings: Settings<Value> = {
    batch: 32,
    every: 16,
    staleness: 0,
    statistics: {},
    metrics: {},
    workers: 1,
    timeout: 10_000,
    maxWait: 100,
    snapshotEvery: 16,
    renew: "never",
    leave: true,
    onInvalid: "error",
    scheduler: steadyScheduler,
    clock: () => performance.now(),
    ...others,
    outer: { rate: 1, momentum: 0, nesterov: (outer.momentum ?? 0) > 0, ...outer },
  };
  const { every, model, samples, signal } = settings;
  checkName(actor, "a worker", settings.worker);
  if (typeof settings.log?.append !== "function")
    throw invalid(actor, "a log, such as memoryLog()", inWords(settings.log));
  if (typeof model?.start !== "function") throw invalid(actor, "a model", inWords(model));
  if (typeof samples !== "function") throw invalid(actor, "a function as samples", inWords(samples));
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw invalid(actor, "an AbortSignal as signal", inWords(signal));
  if (every !== "auto") whole(actor, "every", every);
  for (const name of ["batch", "workers", "snapshotEvery"] as const) whole(actor, name, settings[name]);
  whole(actor, "staleness", settings.staleness, 0);
  for (const name of ["timeout", "maxWait"] as const) finite(actor, name, settings[name], { min: 0 });
  finite(actor, "outer.rate", settings.outer.rate, { min: 0 });
  finite(actor, "outer.momentum", settings.outer.momentum, { min: 0, max: 1 });
  if (settings.renew !== "never" && settings.renew !== "round")
    throw invalid(actor, '"never" or "round" as renew', inWords(settings.renew));
  if (settings.onInvalid !== "error" && settings.onInvalid !== "skip")
    throw invalid(actor, '"error" or "skip" as onInvalid', inWords(settings.onInvalid));
  const twice = Object.keys(settings.statistics).find((name) => Object.hasOwn(settings.metrics, name));
  if (twice !== undefined) throw invalid(actor, "different names of statistics and metrics", twice);
  const folds = { ...settings.statistics, ...settings.metrics };
  const bad = Object.entries(folds).find(([, fold]) => typeof fold?.merge !== "function");
  if (bad) throw invalid(actor, "folds that can be merged as statistics and metrics", bad[0]);
  const carried = model.nodes.find(({ layer }) =>
    Object.values(layer.buffers).some((buffer) => buffer.carried),
  );
  if (carried)
    throw invalid(actor, "layers without a state that goes from batch to batch", carried.layer.source);
  return settings;
};
