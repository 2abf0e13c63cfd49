import { Observable, Subject, type Subscriber, takeUntil } from "rxjs";
import type { Batch } from "../graph/batch.ts";
import type { Happening } from "./job.ts";
import { unpackError } from "./portableError.ts";
import type { Slot } from "./ring.ts";

/** Streams of batches that go to a worker, and the streams of steps that come back. */
export interface Runs {
  /** The steps that the worker makes of the batches, from subscription on. */
  of(batches$: Observable<Batch>): Observable<object>;
  has(run: number): boolean;
  /** Passes on what the worker has made of a run. */
  hear(what: Exclude<Happening, { kind: "rejected" }>): void;
  fail(run: number, error: unknown): void;
  /** Whether the worker has been told that no batches follow, and is to say the last word. */
  readonly ending: boolean;
  /** Ends all; with an error, if there is one. */
  end(error?: Error): void;
}

export interface RunsOptions {
  readonly send: (slot: Slot) => void;
  readonly leave: (run: number) => void;
  /** Throws when there is no worker any more. */
  readonly check: () => void;
}

interface Run {
  readonly out: Subscriber<object>;
  ending: boolean;
  /** What the source failed with. */
  failure?: unknown;
}

/** No runs yet. */
export const runsOf = ({ send, leave, check }: RunsOptions): Runs => {
  const runs = new Map<number, Run>();
  let count = 0;
  const open = (batches$: Observable<Batch>, out: Subscriber<object>): void => {
    const id = count++;
    const run: Run = { out, ending: false };
    const gone$ = new Subject<void>(); // also stops a source that emits while it is being subscribed to
    runs.set(id, run);
    out.add(() => {
      runs.delete(id);
      gone$.next();
      leave(id);
    });
    const last = (kind: "end" | "fail"): void => {
      if (out.closed) return;
      run.ending = true;
      send({ kind, run: id });
    };
    batches$.pipe(takeUntil(gone$)).subscribe({
      next: (batch) => {
        try {
          send({ kind: "batch", run: id, batch });
        } catch (error) {
          out.error(error);
        }
      },
      error: (error) => {
        run.failure = error;
        last("fail");
      },
      complete: () => last("end"),
    });
  };
  return {
    of: (batches$) =>
      new Observable((out) => {
        check();
        open(batches$, out);
      }),
    has: (run) => runs.has(run),
    hear: (what) => {
      const run = runs.get(what.run);
      if (what.kind === "step") run?.out.next(what.step);
      else if (what.kind === "error") run?.out.error(unpackError(what.error));
      else if (what.kind === "failed") run?.out.error(run.failure);
      else run?.out.complete();
    },
    fail: (run, error) => runs.get(run)?.out.error(error),
    get ending() {
      for (const { ending } of runs.values()) if (ending) return true;
      return false;
    },
    end: (error) => {
      for (const { out } of [...runs.values()])
        if (error) out.error(error);
        else out.complete();
    },
  };
};
