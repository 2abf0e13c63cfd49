import { Observable } from "rxjs";
import type { Model } from "../graph/model.ts";
import { invalid, inWords, isInvalidInput, knownOptions } from "../math/invalid.ts";
import { isWhole, notWhole } from "./isWhole.ts";
import type { Shared } from "./learnFromOptions.ts";
import type { RoundsState } from "./roundsState.ts";
import type { SharedFolds } from "./sharedFolds.ts";
import { published, readSnapshot, type Snapshot, versionPointer } from "./snapshots.ts";
import type { UpdateLog } from "./updateLog.ts";

/** A version that serves now. */
export interface Version {
  /** How many rounds are in it. */
  readonly round: number;
  /** The name of its blob, which is the hash of its bytes. */
  readonly hash: string;
  /** How many samples it was learned from. */
  readonly samples: number;
  /** How far the input was learned, by partition. */
  readonly positions: ReadonlyMap<string, unknown>;
  /** What the statistics and metrics that were given say. */
  readonly shared: Shared;
}

export interface VersionsOptions {
  /** Those of the workers, by the same names, which tell how to read them. */
  readonly statistics?: SharedFolds;
  /** Is told of what the pointer said, and why that does not serve: a `quarantine().put`, for example. */
  readonly rejected?: (pointer: string, reason: Error) => void;
}

const actor = "versions()";

/**
 * The versions that workers publish, for a prediction service: each one is put into the model between two predictions, as a whole, and
 * then emitted. Of versions that come fast the last one counts. The first of all, round 0, is where the workers begin: `samples` is 0.
 * The model's plan is that of the workers; it is not to be trained. A pointer that leads to no version, or to one that is gone or damaged, is
 * told to `rejected`, and what serves goes on serving, or the version before, if that is newer, until the next one comes.
 * @throws InvalidInputError (of the stream) when the first version is of another plan, or without the statistics; later it is rejected.
 * @example
 * versions(log, net).subscribe({ next: ({ round }) => console.log(`serving ${round}`), error: console.error });
 */
export const versions = (
  log: UpdateLog,
  model: Model,
  options: VersionsOptions = {},
): Observable<Version> => {
  knownOptions(actor, options, ["statistics", "rejected"]);
  if (typeof log?.watchPointer !== "function")
    throw invalid(actor, "a log, such as memoryLog()", inWords(log));
  const { statistics = {}, rejected } = options;
  if (rejected !== undefined && typeof rejected !== "function")
    throw invalid(actor, "a function as rejected", inWords(rejected));
  const { values, buffers, kernels } = model.weights;
  const like = {
    config: { plan: model.plan.source, precision: kernels.precision },
    weights: values.data,
    buffers: buffers.data,
  } as Pick<RoundsState, "config" | "weights" | "buffers">;
  return new Observable((out) => {
    const leaving = new AbortController();
    let served: number | undefined;
    const serve = ({ hash, round }: Snapshot, bytes: Uint8Array): void => {
      const state = readSnapshot(actor, bytes, like);
      const missing = Object.keys(statistics).find((name) => !Object.hasOwn(state.statistics, name));
      if (missing !== undefined) {
        const theirs = Object.keys(state.statistics).join(", ") || "none";
        throw invalid(actor, `one of the workers' statistics, ${theirs}`, missing);
      }
      const shared = Object.fromEntries(
        Object.entries(statistics).map(([name, fold]) => [name, fold.read(state.statistics[name] as never)]),
      );
      model.turn(() => {
        values.data.set(state.weights);
        buffers.data.set(state.buffers);
      }, undefined);
      served = round;
      out.next({ round, hash, samples: state.samples, positions: state.positions, shared });
    };
    const unlessInvalid = <T>(pointer: string, work: () => T): T | undefined => {
      try {
        return work();
      } catch (error) {
        if (!isInvalidInput(error)) throw error;
        rejected?.(pointer, error);
        return undefined;
      }
    };
    const follow = async (): Promise<void> => {
      for await (const { value, revision } of log.watchPointer(versionPointer, leaving.signal)) {
        const version = unlessInvalid(value, () => published(actor, value, revision));
        for (const one of version ? [version, version.previous] : []) {
          if (!one || (one !== version && served !== undefined && one.round <= served)) break;
          const bytes = await log.getBlob(one.hash);
          if (leaving.signal.aborted) return;
          if (isWhole(bytes, one.hash)) {
            if (served === undefined) serve(one, bytes);
            else unlessInvalid(value, () => serve(one, bytes));
            break;
          }
          const now = await log.getPointer(versionPointer);
          if (now?.revision !== revision) break; // a newer version has come meanwhile, and the pointer tells of it next
          rejected?.(value, notWhole(actor, bytes, one.hash));
        }
      }
    };
    follow().then(
      () => out.complete(),
      (error) => out.error(error),
    );
    return () => leaving.abort();
  });
};
