import { fault } from "../math/invalid.ts";
import { newestSnapshot } from "./newestSnapshot.ts";
import { readEntry } from "./readEntry.ts";
import { stepRounds, type Verdict } from "./rounds.ts";
import type { Closed, RoundsState } from "./roundsState.ts";
import type { SharedFolds } from "./sharedFolds.ts";
import { publish, writeSnapshot } from "./snapshots.ts";
import type { UpdateLog } from "./updateLog.ts";

export interface ReplicaOptions {
  readonly actor: string;
  readonly log: UpdateLog;
  /** Whose verdicts are asked for. */
  readonly worker: string;
  readonly folds: SharedFolds;
  /** Where learning begins when nobody has begun yet. */
  readonly first: RoundsState;
  readonly clock: () => number;
  /** Is told after every entry; and with each round that the entry has closed. */
  readonly changed: () => void;
  readonly closed: (closed: Closed) => void;
}

/** The state that the log has come to, as one reader has it. */
export interface Replica {
  readonly state: RoundsState;
  /** Milliseconds that it has taken to read messages and to fold them. */
  readonly busy: number;
  /** What has become of an own entry: undefined when it was taken, or was skipped by a snapshot. */
  verdictOn(sequence: number): Verdict;
  /** Follows the log until the signal. */
  follow(signal: AbortSignal): Promise<void>;
}

/** Begins where the newest snapshot is; the first of all makes it, and by comparing and setting there is only one first. */
export const replica = async (options: ReplicaOptions): Promise<Replica> => {
  const { actor, log, worker, folds, first, clock, changed, closed } = options;
  const load = (): Promise<RoundsState | undefined> => newestSnapshot(actor, log, first);
  const begin = async (): Promise<RoundsState> => {
    await publish(actor, log, writeSnapshot(actor, first), first);
    return (await load())!;
  };
  let state = (await load()) ?? (await begin());
  let busy = 0;
  const verdicts = new Map<number, Verdict>();

  /** Follows from where the state is; answers where it had to stop, because what comes before is gone. */
  const readOn = async (signal: AbortSignal): Promise<number | undefined> => {
    for await (const entry of log.read(state.sequence + 1, signal)) {
      if (entry.sequence !== state.sequence + 1) return entry.sequence;
      const started = clock();
      const read = await readEntry(actor, log, entry);
      if (!read) return entry.sequence + 1;
      if (signal.aborted) return undefined;
      const verdict = stepRounds(state, read, folds);
      if (verdict && entry.writer === worker) verdicts.set(entry.sequence, verdict);
      busy += clock() - started;
      for (const one of state.closed) closed(one);
      changed();
    }
    return undefined;
  };

  return {
    get state() {
      return state;
    },
    get busy() {
      return busy;
    },
    verdictOn: (sequence) => verdicts.get(sequence),
    follow: async (signal) => {
      for (;;) {
        const stopped = await readOn(signal);
        if (stopped === undefined) return;
        const newer = await load();
        if (!newer || newer.sequence + 1 < stopped)
          throw fault(
            actor,
            `a snapshot of what comes before entry ${stopped}`,
            `one up to ${newer?.sequence}`,
          );
        state = newer;
        changed();
      }
    },
  };
};
