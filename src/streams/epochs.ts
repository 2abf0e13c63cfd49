import { concatMap, from, type Observable, type ObservableInput, toArray } from "rxjs";
import type { Batch } from "../graph/batch.ts";
import { knownOptions, whole } from "../math/invalid.ts";
import { random } from "../math/random.ts";
import { collector } from "./collector.ts";
import { paced } from "./paced.ts";
import type { Sample, SparseSample } from "./sample.ts";

export interface EpochsOptions {
  readonly batchSize: number;
  readonly shuffle?: boolean;
  readonly seed?: number;
  readonly yieldEvery?: number;
}

/**
 * The samples n times over (or `Infinity`, until somebody unsubscribes), in batches; the last batch of an epoch may be
 * smaller. Each epoch has its own order, all from one seed. Cold: every subscription collects the samples once, from an
 * array, Observable, promise, async iterable or Node stream that ends, and begins anew. With `yieldEvery`, timers and I/O
 * get a turn after so many milliseconds of work; without, all batches come at once.
 * @throws InvalidInputError (as an error of the stream) on samples as `minibatch` refuses them.
 */
export const epochs = (
  samples: ObservableInput<Sample | SparseSample>,
  n: number,
  options: EpochsOptions,
): Observable<Batch> => {
  knownOptions(actor, options, ["batchSize", "shuffle", "seed", "yieldEvery"]);
  const { batchSize, shuffle = true, seed = 0, yieldEvery } = options;
  if (n !== Number.POSITIVE_INFINITY) whole(actor, "n", n, 0);
  whole(actor, "batchSize", batchSize);
  return from(samples).pipe(
    toArray(),
    concatMap((all) => {
      const made = batches(all, n, batchSize, shuffle ? seed : undefined);
      return yieldEvery === undefined ? made : paced(made, yieldEvery);
    }),
  );
};

const actor = "epochs()";

/** One batch at a time, so that whoever leaves in the middle stops the work. */
function* batches(
  samples: readonly (Sample | SparseSample)[],
  n: number,
  batchSize: number,
  seed: number | undefined,
): Generator<Batch> {
  const order = samples.map((_, i) => i);
  const rng = seed === undefined ? undefined : random(seed);
  const rows = collector(actor, batchSize);
  for (let epoch = 0; epoch < n && samples.length > 0; epoch++) {
    rng?.shuffle(order);
    let waiting = 0;
    for (const i of order) {
      waiting = rows.push(samples[i]!, i) % batchSize;
      if (waiting === 0) yield rows.take();
    }
    if (waiting > 0) yield rows.take();
  }
}
