import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { Subject, type Subscription } from "rxjs";
import type { Batch } from "../graph/batch.ts";
import { fault } from "../math/invalid.ts";
import { eventLoop } from "../streams/eventLoop.ts";
import type { Happening, Job, Report } from "./job.ts";
import { learningOf } from "./learning.ts";
import { unpackBatch } from "./portableBatch.ts";
import { packError } from "./portableError.ts";
import { ring, type Slot } from "./ring.ts";
import { tripleBuffer } from "./tripleBuffer.ts";
import { weightsSize, weightsView } from "./weightsView.ts";

/** How long it works before it reports and looks after its own event loop, in milliseconds. */
const slice = 4;

/** What a run hears whose source failed; how is known in the other thread. */
const failed = new Error("the source of batches failed");

/** The worker's side of `inWorker`: takes batches from the ring, learns, publishes weights, and reports steps. */
export const workerThread = async (port: MessagePort, job: Job): Promise<void> => {
  const report = (what: Report): void => {
    try {
      port.postMessage(what);
    } catch (error) {
      const uncloned = fault(job.actor, "steps that can be cloned", (error as Error).message);
      port.postMessage({ kind: "failed", error: packError(uncloned) } satisfies Report);
    }
  };
  const { model, learn } = await learningOf(job.actor, job.address, job.data);
  const size = weightsSize(model.weights);
  const [here, there] = [size, job.size].map((s) => `${s.values} + ${s.buffers} numbers in ${s.precision}`);
  if (here !== there) throw fault(job.actor, `the same model in both threads, of ${there}`, here!);

  const line = ring(job.ring, job.slots);
  const weights = tripleBuffer(job.weights, (at) => weightsView(job.weights, at, size));
  const runs = new Map<number, { readonly batches$: Subject<Batch>; readonly subscription: Subscription }>();
  let happened: Happening[] = [];
  let version = 0;
  let published = -1;
  let taken = 0;
  let told = 0;
  let working = false;

  const publish = (): void => {
    if (published === version) return;
    weights.write((view) => {
      view.version[0] = version;
      view.values.set(model.weights.values.data);
      view.buffers.set(model.weights.buffers.data);
    });
    published = version;
  };
  const tell = (what: Happening): void => {
    happened.push(what);
    if (!working) wake(); // of an operator that emits in its own time
  };
  const start = (run: number) => {
    const batches$ = new Subject<Batch>();
    const subscription = batches$.pipe(learn).subscribe({
      next: (step) => {
        version++;
        if (version - published >= job.publishEvery) publish();
        tell({ kind: "step", run, step: { ...step, version } });
      },
      error: (error) =>
        tell(error === failed ? { kind: "failed", run } : { kind: "error", run, error: packError(error) }),
      complete: () => tell({ kind: "complete", run }),
    });
    const started = { batches$, subscription };
    runs.set(run, started);
    return started;
  };
  const handle = ({ kind, run, batch }: Slot): void => {
    if (kind === "leave") {
      runs.get(run)?.subscription.unsubscribe();
      runs.delete(run);
    } else if (kind !== "forgotten") {
      const { batches$ } = runs.get(run) ?? start(run);
      if (kind === "batch") batches$.next(batch!);
      else if (kind === "foreign") batches$.next(unpackBatch(receiveMessageOnPort(job.foreign)!.message));
      else if (kind === "end") batches$.complete();
      else batches$.error(failed);
    }
  };
  const progress = (): void => {
    report({ kind: "progress", taken, happened });
    happened = [];
    told = taken;
  };
  const work = (): void => {
    working = true;
    const deadline = eventLoop.now() + slice;
    do {
      const slot = line.take();
      if (!slot) break;
      taken++;
      handle(slot);
      if (taken - told >= job.slots / 2) progress(); // so that there is more before it runs out
    } while (eventLoop.now() < deadline);
    const idle = line.length === 0;
    if (idle) publish();
    progress();
    working = false;
    if (!idle || !line.sleep()) wake();
  };
  const wake = (): void => {
    working = true;
    eventLoop.schedule(work);
  };

  model.rejected$.subscribe(({ batch, error }) => tell({ kind: "rejected", batch, error: packError(error) }));
  publish();
  port.on("message", work);
  report({ kind: "ready" });
  wake();
};

const port = parentPort!;
workerThread(port, workerData as Job).catch((error: unknown) => {
  port.postMessage({ kind: "failed", error: packError(error) } satisfies Report);
});
