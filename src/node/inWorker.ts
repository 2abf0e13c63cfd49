import { MessageChannel, type WorkerOptions } from "node:worker_threads";
import { filter, type Observable, type OperatorFunction, share, take } from "rxjs";
import type { Batch } from "../graph/batch.ts";
import { whole } from "../math/invalid.ts";
import { type Gate, pulling } from "../streams/pulling.ts";
import type { Step } from "../streams/train.ts";
import { follower } from "./follower.ts";
import type { Job } from "./job.ts";
import { learningOf } from "./learning.ts";
import { link } from "./link.ts";
import type { Remote, Versioned } from "./remote.ts";
import { ringMemory } from "./ring.ts";
import { tripleBufferMemory } from "./tripleBuffer.ts";
import { weightsBytes, weightsSize } from "./weightsView.ts";

export interface InWorkerOptions {
  /** What `learning` gets, in both threads; cloneable. */
  readonly data?: unknown;
  /** Batches of up to so many rows pass through shared memory; larger ones are cloned. */
  readonly maxRows?: number;
  /** Batches that shared memory has room for. */
  readonly slots?: number;
  /** Steps from one published version of the weights to the next, while there is work; the last one always is. */
  readonly publishEvery?: number;
  /** More than this many batches in line before the slots are an error. */
  readonly maxPending?: number;
  /** What else the worker is started with, such as `resourceLimits` or `execArgv`. */
  readonly worker?: Omit<WorkerOptions, "workerData" | "transferList" | "eval">;
}

/**
 * Learns in a worker thread, so that this thread stays free, and predicts here from the newest weights that are whole. The
 * module at `address` exports `learning`, a function that makes the same `{ model, learn }` in both threads; `S` is what
 * its `learn` emits. Batches and weights go through shared memory. The worker keeps the process alive only while it has
 * batches to learn from. When it dies, runs end with an error.
 * @throws when the module does not export such a function, or fails; and if the two models differ in size.
 * @example
 * const remote = await inWorker(new URL("./trainer.js", import.meta.url));
 * batches$.pipe(remote.train(), logging()).subscribe();
 * const { prediction, version } = remote.predict(x);
 */
export const inWorker = async <S extends object = Step>(
  address: URL | string,
  { data, maxRows = 256, slots = 32, publishEvery = 1, maxPending = 1e5, worker = {} }: InWorkerOptions = {},
): Promise<Remote<S>> => {
  const actor = `inWorker(${String(address).replace(/^.*\//, "")})`;
  for (const [name, value] of Object.entries({ maxRows, slots, publishEvery, maxPending }))
    whole(actor, name, value);
  const { model } = await learningOf<S>(actor, String(address), data);
  const size = weightsSize(model.weights);
  const { port1, port2 } = new MessageChannel();
  const rowNumbers = (model.inputs ?? model.outputs ?? 1) + (model.outputs ?? model.inputs ?? 1) + 1;
  const job: Job = {
    actor,
    address: String(address),
    data,
    size,
    weights: tripleBufferMemory(weightsBytes(size)),
    publishEvery,
    ring: ringMemory(slots, maxRows * rowNumbers),
    slots,
    foreign: port2,
  };
  const { reject } = model;
  const channel = await link(job, { foreign: port1, maxPending, worker, reject });
  const following = follower(model, job.weights);
  const train = (): OperatorFunction<Batch, Versioned<S>> => (batches$) =>
    (channel.run(batches$) as Observable<Versioned<S>>).pipe(share());
  const open = (): boolean => channel.depth < slots;
  const credit: Gate = {
    open,
    wait: (resume) => channel.room$.pipe(filter(open), take(1)).subscribe(resume),
  };
  following.refresh();
  return {
    model,
    get version() {
      return following.version;
    },
    get depth() {
      return channel.depth;
    },
    rejected$: model.rejected$,
    train,
    trainOn: (batches) => pulling(batches, () => credit).pipe(train()),
    predict: following.predict,
    refresh: following.refresh,
    close: channel.close,
  };
};
