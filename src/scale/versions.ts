import { Observable } from "rxjs";
import type { Model } from "../graph/model.ts";
import { invalid, inWords, knownOptions } from "../math/invalid.ts";
import type { Shared } from "./learnFromOptions.ts";
import type { RoundsState } from "./roundsState.ts";
import type { SharedFolds } from "./sharedFolds.ts";
import { published, readSnapshot, versionPointer } from "./snapshots.ts";
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
}

const actor = "versions()";

/**
 * The versions that workers publish, for a prediction service: each one is put into the model between two predictions, as a whole, and
 * then emitted. Of versions that come fast the last one counts. The first of all, round 0, is where the workers begin: `samples` is 0. The model's plan is that of the workers; it is not to be trained.
 * @throws InvalidInputError (of the stream) for a version of another plan, or a damaged one; the model stays as it is.
 * @example
 * versions(log, net).subscribe({ next: ({ round }) => console.log(`serving ${round}`), error: console.error });
 */
export const versions = (
  log: UpdateLog,
  model: Model,
  options: VersionsOptions = {},
): Observable<Version> => {
  knownOptions(actor, options, ["statistics"]);
  if (typeof log?.watchPointer !== "function")
    throw invalid(actor, "a log, such as memoryLog()", inWords(log));
  const { statistics = {} } = options;
  const { values, buffers, kernels } = model.weights;
  const like = {
    config: { plan: model.plan.source, precision: kernels.precision },
    weights: values.data,
    buffers: buffers.data,
  } as Pick<RoundsState, "config" | "weights" | "buffers">;
  return new Observable((out) => {
    const leaving = new AbortController();
    const follow = async (): Promise<void> => {
      for await (const pointer of log.watchPointer(versionPointer, leaving.signal)) {
        const { hash, round } = published(actor, pointer.value, pointer.revision);
        const bytes = await log.getBlob(hash);
        if (leaving.signal.aborted) return;
        if (!bytes) continue; // a newer version has come meanwhile, and the pointer tells of it next
        const state = readSnapshot(actor, bytes, hash, like);
        const missing = Object.keys(statistics).find((name) => !Object.hasOwn(state.statistics, name));
        if (missing !== undefined) {
          const theirs = Object.keys(state.statistics).join(", ") || "none";
          throw invalid(actor, `one of the workers' statistics, ${theirs}`, missing);
        }
        const shared = Object.fromEntries(
          Object.entries(statistics).map(([name, fold]) => [
            name,
            fold.read(state.statistics[name] as never),
          ]),
        );
        model.turn(() => {
          values.data.set(state.weights);
          buffers.data.set(state.buffers);
        }, undefined);
        out.next({ round, hash, samples: state.samples, positions: state.positions, shared });
      }
    };
    follow().then(
      () => out.complete(),
      (error) => out.error(error),
    );
    return () => leaving.abort();
  });
};
