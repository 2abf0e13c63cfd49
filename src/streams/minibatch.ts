import { asyncScheduler, type OperatorFunction, type SchedulerLike, type Subscription } from "rxjs";
import type { Batch } from "../graph/batch.ts";
import { finite, whole } from "../math/invalid.ts";
import { collector } from "./collector.ts";
import { operate } from "./operate.ts";
import type { Sample, SparseSample } from "./sample.ts";

/**
 * Samples gathered into batches of `size` (or `Infinity`, with maxWait), each with fresh float64 matrices (small ones
 * are views into a block of 8 kB; copy them before their memory is transferred). Completion emits the rest as a smaller
 * batch, an error discards it. With `maxWait`, a batch is emitted that many milliseconds after its first sample at the
 * latest. A batch has weights if one of its samples has; the others weigh 1. Sparse rows become a sparse matrix.
 *
 * Hand-written, because it sees every sample and holds a timer for each batch.
 * @throws InvalidInputError (as an error of the stream) on samples that differ in width or hold what is no number. NaN
 * passes: `train` decides about it.
 */
export const minibatch = (
  size: number,
  { maxWait, scheduler = asyncScheduler }: { maxWait?: number; scheduler?: SchedulerLike } = {},
): OperatorFunction<Sample | SparseSample, Batch> => {
  const actor = `minibatch(${size})`;
  if (size !== Number.POSITIVE_INFINITY) whole(actor, "size", size);
  if (maxWait !== undefined) finite(actor, "maxWait", maxWait, { min: 0 });
  return operate((out) => {
    const samples = collector(actor, size);
    let position = 0;
    let waiting = 0;
    let due: Subscription | undefined;
    const flush = (): void => {
      due?.unsubscribe();
      due = undefined;
      if (waiting === 0) return;
      waiting = 0; // a subscriber may push the next sample
      out.next(samples.take());
    };
    return {
      next: (sample) => {
        waiting = samples.push(sample, position++);
        if (waiting === size) flush();
        else if (maxWait !== undefined && !due) {
          due = scheduler.schedule(flush, maxWait);
          out.add(due);
        }
      },
      complete: flush,
    };
  });
};
