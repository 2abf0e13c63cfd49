import { type MessagePort, Worker, type WorkerOptions } from "node:worker_threads";
import { type Observable, Subject } from "rxjs";
import type { Batch } from "../graph/batch.ts";
import type { Rejection } from "../graph/model.ts";
import { blame, fault } from "../math/invalid.ts";
import type { Job, Report } from "./job.ts";
import { unpackError, unpackRefusal } from "./portableError.ts";
import { ring } from "./ring.ts";
import { runsOf } from "./runs.ts";
import { sender } from "./sender.ts";

/** The connection to a worker. */
export interface Link {
  /** Batches that the worker has not reported as taken. */
  readonly depth: number;
  /** Emits whenever the worker may have room for more. */
  readonly room$: Observable<void>;
  /** The steps that the worker makes of the batches. */
  run(batches$: Observable<Batch>): Observable<object>;
  /** Ends the worker and completes what runs. */
  close(): Promise<void>;
}

export interface LinkOptions {
  readonly foreign: MessagePort;
  readonly maxPending: number;
  readonly worker: WorkerOptions;
  readonly reject: (rejection: Rejection) => void;
}

/** Starts a worker on a job, and waits until it is ready. @throws what it failed with. */
export const link = async (
  job: Job,
  { foreign, maxPending, worker: options, reject }: LinkOptions,
): Promise<Link> => {
  const { actor } = job;
  const worker = new Worker(new URL("./workerThread.js", import.meta.url), {
    ...options,
    workerData: job,
    transferList: [job.foreign],
  });
  const room$ = new Subject<void>();
  let kept = true;
  let gone: Error | undefined;
  let stopped: Promise<unknown> | undefined;

  const runs = runsOf({
    check: () => {
      if (gone) throw gone;
    },
    send: (slot) => {
      sent.send(slot);
      keepAlive(true);
    },
    leave: (run) => {
      if (gone) return;
      sent.leave(run);
      keepAlive(true);
    },
  });
  const sent = sender({
    actor,
    ring: ring(job.ring, job.slots),
    foreign,
    maxPending,
    wake: () => worker.postMessage("wake"),
    wanted: runs.has,
    fail: runs.fail,
  });
  /** An idle worker keeps no process from its end. */
  const keepAlive = (needed: boolean): void => {
    if (needed === kept) return;
    kept = needed;
    if (needed) worker.ref();
    else worker.unref();
  };
  const end = (reason: Error, error?: Error): void => {
    if (gone) return;
    gone = reason;
    runs.end(error);
    room$.complete();
    foreign.close();
    stopped = worker.terminate();
  };
  const die = (error: Error): void => end(error, error);
  const hear = (report: Report): void => {
    if (report.kind !== "progress") return;
    for (const what of report.happened)
      if (what.kind === "rejected") reject({ batch: what.batch, error: unpackRefusal(what.error) });
      else runs.hear(what);
    if (gone) return;
    sent.advance(report.taken);
    room$.next();
    keepAlive(sent.depth > 0 || runs.ending);
  };

  await new Promise<void>((ready) => {
    worker.on("message", (report: Report) => {
      if (report.kind === "ready") ready();
      else if (report.kind === "failed") die(unpackError(report.error));
      else if (!gone) hear(report);
    });
    worker.on("error", (error) => die(blame(actor, error)));
    worker.on("exit", (code) => die(fault(actor, "its worker to live until close()", `exit code ${code}`)));
    room$.subscribe({ complete: ready });
  });
  if (gone) {
    await stopped;
    throw gone;
  }
  return {
    get depth() {
      return sent.depth;
    },
    room$,
    run: runs.of,
    close: async () => {
      end(fault(actor, "no calls after close()", "one"));
      await stopped;
    },
  };
};
