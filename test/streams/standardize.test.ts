import { lastValueFrom, map, type Observable, of, toArray } from "rxjs";
import { expect, expectTypeOf, test } from "vitest";
import { scaler } from "../../src/folds/scaler.ts";
import type { Batch } from "../../src/graph/batch.ts";
import { matrix, toRows } from "../../src/math/matrix.ts";
import { minibatch } from "../../src/streams/minibatch.ts";
import type { Sample } from "../../src/streams/sample.ts";
import { standardize } from "../../src/streams/standardize.ts";

const samples = [
  { x: [1, 10], y: 100, carrier: "AA" },
  { x: [3, 10], y: 300, carrier: "UA" },
  { x: [5, 40], y: 200, carrier: "DL" },
];

test("standardize() learns each sample and then transforms it", async () => {
  const [inputs, targets, reference] = [scaler(), scaler(), scaler()];
  const out = await lastValueFrom(of(...samples).pipe(standardize({ inputs, targets }), toArray()));
  out.forEach(({ x, carrier }, i) => {
    reference.learn(samples[i]!.x);
    expect([...Array.from(x)]).toEqual([...reference.transform(samples[i]!.x)]);
    expect(carrier).toBe(samples[i]!.carrier);
  });
  expect(out.map(({ y }) => y)[1]).toBe(1);
  expect(targets.reading.mean).toEqual([200]);
  expect(inputs.reading.mean).toEqual([3, 20]);
});

test("standardize() takes batches as well, and comes to the same statistics", async () => {
  const [ofSamples, ofBatches] = [scaler(), scaler()];
  await lastValueFrom(of(...samples).pipe(standardize({ inputs: ofSamples })));
  const batch = await lastValueFrom(
    of(...samples).pipe(minibatch(3), standardize({ inputs: ofBatches, targets: scaler() })),
  );
  expect(ofBatches.state).toEqual(ofSamples.state);
  expect(toRows(batch.x)).toEqual(toRows(ofBatches.transform(matrix(samples.map(({ x }) => x)))));
  expect(batch.y).toMatchObject({ rows: 3, cols: 1 });
});

test("standardize() does not touch what it was given", async () => {
  const before = structuredClone(samples);
  await lastValueFrom(of(...samples).pipe(standardize({ inputs: scaler(), targets: scaler() })));
  expect(samples).toEqual(before);
  const batch = { x: matrix([[1], [2]]), y: matrix([[3], [4]]), weight: matrix([[1], [2]]) };
  const out = await lastValueFrom(of(batch).pipe(standardize({ inputs: scaler(), targets: scaler() })));
  expect(toRows(batch.x)).toEqual([[1], [2]]);
  expect(out.weight).toBe(batch.weight);
});

test("standardize() with freeze only transforms", async () => {
  const inputs = scaler();
  for (const { x } of samples) inputs.learn(x);
  const before = inputs.state;
  const [out] = await lastValueFrom(
    of({ x: [3, 99], y: 1 }).pipe(standardize({ inputs, freeze: true }), toArray()),
  );
  expect(out!.x[0]).toBe(0);
  expect(inputs.state).toEqual(before);
});

test("standardize() has targets that are vectors, and inverts them", async () => {
  const targets = scaler();
  const vectors = [
    { x: [1], y: [1, 2] },
    { x: [1], y: [3, 6] },
  ];
  const out = await lastValueFrom(of(...vectors).pipe(standardize({ targets }), toArray()));
  expect([...targets.inverse(out[1]!.y as number[])]).toEqual([3, 6]);
});

test("standardize() learns nothing from a bad value and hands it on, for train to refuse or skip", async () => {
  const inputs = scaler();
  const out = await lastValueFrom(
    of({ x: [1], y: 0 }, { x: [Number.NaN], y: 0 }, { x: [3], y: 0 }).pipe(
      standardize({ inputs }),
      toArray(),
    ),
  );
  expect(out.map(({ x }) => x[0])).toEqual([0, Number.NaN, 1]);
  expect(inputs.reading.mean).toEqual([2]);
});

test("standardize() is an error on another width", async () => {
  const inputs = scaler(2);
  await expect(lastValueFrom(of({ x: [1], y: 0 }).pipe(standardize({ inputs })))).rejects.toThrow(
    "standardScaler() expects 2 columns, got 1 × 1",
  );
});

test("standardize() keeps other fields in the type, and samples samples, and batches batches", () => {
  const samples$ = of(...samples).pipe(standardize({ inputs: scaler() }));
  expectTypeOf(samples$.pipe(map(({ carrier }) => carrier))).toEqualTypeOf<Observable<string>>();
  expectTypeOf(samples$.pipe(map(({ x, y }) => ({ x, y })))).toEqualTypeOf<
    Observable<{ x: Sample["x"]; y: Sample["y"] }>
  >();
  const batches$ = samples$.pipe(minibatch(2), standardize({}));
  expectTypeOf(batches$.pipe(map(({ x }) => x))).toEqualTypeOf<Observable<Batch["x"]>>();
  // @ts-expect-error a number is neither a sample nor a batch
  of(1).pipe(standardize({}));
});
