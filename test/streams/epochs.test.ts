import { Readable } from "node:stream";
import {
  concat,
  EMPTY,
  from,
  lastValueFrom,
  map,
  NEVER,
  type ObservableInput,
  of,
  Subject,
  take,
  tap,
  throwError,
  toArray,
} from "rxjs";
import { describe, expect, test } from "vitest";
import type { Batch } from "../../src/graph/batch.ts";
import { model } from "../../src/graph/model.ts";
import { dense } from "../../src/layers/dense.ts";
import { meanSquaredError } from "../../src/losses/meanSquaredError.ts";
import { matrix } from "../../src/math/matrix.ts";
import { isSparse, sparse } from "../../src/math/sparse.ts";
import { adam } from "../../src/optimizers/adam.ts";
import { epochs } from "../../src/streams/epochs.ts";
import type { Sample, SparseSample } from "../../src/streams/sample.ts";
import { split } from "../../src/streams/split.ts";
import { train } from "../../src/streams/train.ts";

const samples: Sample[] = Array.from({ length: 10 }, (_, i) => ({ x: [i], y: i }));
const collect = (...args: Parameters<typeof epochs>): Promise<Batch[]> =>
  lastValueFrom(epochs(...args).pipe(toArray()));
const xs = (batches: readonly Batch[]) => batches.map(({ x }) => [...x.data]);

test("epochs() gives every sample once an epoch, in batches of which the last may be smaller", async () => {
  const batches = await collect(samples, 3, { batchSize: 4 });
  expect(batches.map(({ x }) => x.rows)).toEqual([4, 4, 2, 4, 4, 2, 4, 4, 2]);
  for (const epoch of [0, 1, 2]) {
    const seen = xs(batches.slice(3 * epoch, 3 * epoch + 3)).flat();
    expect(seen.sort((a, b) => a - b)).toEqual(samples.map(({ y }) => y));
  }
  for (const { x, y } of batches) expect(x.data).toEqual(y.data);
});

test("epochs() orders each epoch anew, all from one seed", async () => {
  const [first, second] = xs(await collect(samples, 2, { batchSize: 10, seed: 5 }));
  expect(first).not.toEqual(second);
  expect(xs(await collect(samples, 2, { batchSize: 10, seed: 5 }))).toEqual([first, second]);
  expect(xs(await collect(samples, 2, { batchSize: 10, seed: 6 }))).not.toEqual([first, second]);
});

test("epochs() keeps the order with shuffle: false", async () => {
  expect(xs(await collect(samples, 2, { batchSize: 5, shuffle: false }))).toEqual([
    [0, 1, 2, 3, 4],
    [5, 6, 7, 8, 9],
    [0, 1, 2, 3, 4],
    [5, 6, 7, 8, 9],
  ]);
});

test("epochs() is cold: each subscription collects the samples once, and begins anew", async () => {
  let collected = 0;
  const source$ = from(samples).pipe(
    map((sample, i) => {
      if (i === 0) collected++;
      return sample;
    }),
  );
  const batches$ = epochs(source$, 3, { batchSize: 10 }).pipe(toArray());
  expect(collected).toBe(0);
  expect(xs(await lastValueFrom(batches$))).toEqual(xs(await lastValueFrom(batches$)));
  expect(collected).toBe(2);
});

test("epochs() stops in the middle of an epoch, with no work after", () => {
  let read = 0;
  const watched = samples.map(({ x, y }) => ({
    get x() {
      read++;
      return x;
    },
    y,
  }));
  const seen: Batch[] = [];
  epochs(watched, 100, { batchSize: 2 })
    .pipe(take(2))
    .subscribe((batch) => seen.push(batch));
  expect(seen).toHaveLength(2);
  expect(read).toBe(4);
});

test("epochs() goes on without end, if n is Infinity and there is a sample", async () => {
  const sizes = await lastValueFrom(
    epochs(samples, Number.POSITIVE_INFINITY, { batchSize: 10 }).pipe(take(50), toArray()),
  );
  expect(sizes).toHaveLength(50);
  expect(await collect([], Number.POSITIVE_INFINITY, { batchSize: 10 })).toEqual([]);
  expect(await collect(samples, 0, { batchSize: 10 })).toEqual([]);
});

test("epochs() of samples that never end gives nothing, of none completes, and passes an error without a batch", () => {
  const watched = (source: ObservableInput<Sample>) => {
    const seen: unknown[] = [];
    const subscription = epochs(source, 2, { batchSize: 4 }).subscribe({
      next: ({ x }) => seen.push(x.rows),
      error: ({ message }) => seen.push(message),
      complete: () => seen.push("complete"),
    });
    subscription.unsubscribe();
    return seen;
  };
  expect(watched(NEVER)).toEqual([]);
  expect(watched(EMPTY)).toEqual(["complete"]);
  const broken = throwError(() => new Error("the source broke"));
  expect(watched(concat(from(samples), broken))).toEqual(["the source broke"]);
});

test("epochs() that is unsubscribed while it collects lets go of its source", () => {
  const samples$ = new Subject<Sample>();
  const seen: Batch[] = [];
  const subscription = epochs(samples$, 1, { batchSize: 1 }).subscribe((batch) => seen.push(batch));
  samples$.next(samples[0]!);
  expect(samples$.observed).toBe(true);
  subscription.unsubscribe();
  expect(samples$.observed).toBe(false);
  expect(seen).toEqual([]);
});

test("epochs() refuses a sample by its place among the samples", async () => {
  const bad = [...samples, { x: [1, 2], y: 0 }];
  await expect(collect(bad, 1, { batchSize: 4, shuffle: false })).rejects.toThrow(
    "epochs() expects x of length 1, as before, got 2 in sample 10",
  );
  expect(() => epochs(samples, 1.5, { batchSize: 4 })).toThrow("as n, got 1.5");
  expect(() => epochs(samples, 1, { batchSize: 0 })).toThrow("as batchSize, got 0");
});

describe("epochs() takes its samples from", () => {
  const generator = async function* () {
    yield* samples;
  };
  const sources: [string, () => ObservableInput<Sample>][] = [
    ["an array", () => samples],
    ["an Observable", () => of(...samples)],
    ["an async iterable", generator],
    ["a Node Readable", () => Readable.from(samples)],
    ["a set", () => new Set(samples)],
  ];
  test.each(sources)("%s", async (_, source) => {
    const batches = await collect(source(), 1, { batchSize: 10, shuffle: false });
    expect(xs(batches)).toEqual([samples.map(({ y }) => y)]);
  });
  test("a promise of one", async () => {
    expect(xs(await collect(Promise.resolve(samples[3]!), 2, { batchSize: 4 }))).toEqual([[3], [3]]);
  });
});

test("epochs() of one part of split() train, and the other part, which is never learned, validates", async () => {
  const all: Sample[] = Array.from({ length: 50 }, (_, i) => ({ x: [i / 25 - 1], y: 3 * (i / 25 - 1) + 1 }));
  const [known, held] = split(all, { fraction: 0.8, seed: 1 });
  expect([known.length, held.length]).toEqual([40, 10]);
  expect(new Set([...known, ...held]).size).toBe(50);
  const validation = { x: matrix(held.map(({ x }) => x)), y: matrix(held.map(({ y }) => [y as number])) };
  const learned = new Set<number>();
  const net = model(dense(1, 1), { seed: 1, precision: "float64" });
  const steps = await lastValueFrom(
    epochs(known, 40, { batchSize: 8, seed: 1 }).pipe(
      tap(({ x }) => {
        for (const v of x.data) learned.add(v);
      }),
      train(net, { loss: meanSquaredError(), optimizer: adam(0.05), validation }),
      toArray(),
    ),
  );
  expect(learned.size).toBe(40);
  for (const v of validation.x.data) expect(learned).not.toContain(v);
  expect(steps).toHaveLength(40 * 5);
  const { validationLoss } = steps.at(-1)!;
  expect(validationLoss).toBe(meanSquaredError()(net.predict(validation.x), validation.y).value);
  expect(validationLoss).toBeLessThan(steps[0]!.validationLoss! / 100);
});

test("epochs() takes samples of sparse inputs", async () => {
  const samples = [0, 1, 2].map((y): SparseSample => ({ x: sparse([[[y, 2]]], 50), y }));
  const seen = await lastValueFrom(epochs(samples, 2, { batchSize: 2, shuffle: false }).pipe(toArray()));
  expect(seen.map(({ x, y }) => [isSparse(x), x.cols, [...y.data]])).toEqual([
    [true, 50, [0, 1]],
    [true, 50, [2]],
    [true, 50, [0, 1]],
    [true, 50, [2]],
  ]);
});
