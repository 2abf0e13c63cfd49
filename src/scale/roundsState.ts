import type { Data, Precision } from "../math/matrix.ts";
import type { Contribution, Outer } from "./outerStep.ts";
import type { Times } from "./stepsPerRound.ts";

/** What all workers must agree on; the first one writes it down. */
export interface RoundsConfig {
  /** The source of the model's plan. */
  readonly plan: string;
  readonly precision: Precision;
  readonly partitions: readonly string[];
  readonly outer: Outer;
  readonly staleness: number;
  readonly every: number | "auto";
  /** How many workers the first round waits for. */
  readonly workers: number;
  /** The names of the statistics. */
  readonly statistics: readonly string[];
}

/** What a worker has learned in a round, as the log has it. */
export interface Delta extends Contribution {
  readonly steps: number;
  /** Summed over steps. */
  readonly loss: number;
  readonly buffers: Data;
  /** How far it has come in its partitions. */
  readonly positions: ReadonlyMap<string, unknown>;
  readonly ended: readonly string[];
  readonly statistics: Readonly<Record<string, unknown>>;
  readonly times: Times;
}

export interface Member {
  readonly worker: string;
  /** The sequence of its joining: who works on under an older one is somebody else. */
  incarnation: number;
  partitions: readonly string[];
  /** What it has delivered for the open round, and for those after it. */
  pending: Delta[];
  leaving: boolean;
}

/** Why messages were refused. */
export type Reason =
  | "foreign"
  | "damaged"
  | "version"
  | "plan"
  | "stranger"
  | "late"
  | "values"
  | "statistics";

/** What became of a round. */
export interface Closed {
  readonly round: number;
  readonly members: readonly string[];
  readonly samples: number;
  readonly steps: number;
  /** The mean over all steps of all workers. */
  readonly loss: number;
}

/** All that the log has come to; plain data, which a snapshot keeps. */
export interface RoundsState {
  readonly config: RoundsConfig;
  /** That of the last entry that was folded. */
  sequence: number;
  /** The open one. */
  round: number;
  /** Grows when partitions are dealt anew. */
  epoch: number;
  /** How many steps a round has. */
  steps: number;
  readonly weights: Data;
  readonly buffers: Data;
  readonly velocity: Float64Array;
  /** In the order of their names. */
  members: Member[];
  /** Those who will be members when a round closes, in the order in which they came. */
  waiting: { readonly worker: string; readonly incarnation: number }[];
  readonly positions: Map<string, unknown>;
  ended: string[];
  statistics: Record<string, unknown>;
  samples: number;
  readonly refused: Record<Reason, number>;
  /** The rounds that the last entry has closed. */
  closed: readonly Closed[];
}
