import { EventEmitter } from "node:events";
import { Readable } from "node:stream";
import {
  asyncScheduler,
  concat,
  from,
  fromEvent,
  interval,
  lastValueFrom,
  map,
  type Observable,
  type ObservableInput,
  of,
  Subject,
  take,
  throwError,
  toArray,
} from "rxjs";
import { TestScheduler } from "rxjs/testing";
import { describe, expect, expectTypeOf, test, vi } from "vitest";
import type { Batch } from "../../src/graph/batch.ts";
import { model } from "../../src/graph/model.ts";
import { dense } from "../../src/layers/dense.ts";
import { categoricalCrossentropy } from "../../src/losses/categoricalCrossentropy.ts";
import { type Precision, toRows } from "../../src/math/matrix.ts";
import { sparse } from "../../src/math/sparse.ts";
import { type MinibatchOptions, minibatch } from "../../src/streams/minibatch.ts";
import type { Sample } from "../../src/streams/sample.ts";

const collect = (samples: ObservableInput<Sample>, size: number): Promise<Batch[]> =>
  lastValueFrom(from(samples).pipe(minibatch(size), toArray()));

const failing = (sample: unknown, before: Sample = { x: [1, 2], y: 0 }) => {
  let message = "";
  of(before, sample as Sample)
    .pipe(minibatch(32))
    .subscribe({
      error: (error) => {
        message = error.message;
      },
    });
  return message;
};

test("minibatch() makes matrices of samples: a scalar y is n × 1, a vector n × m", async () => {
  const [first, rest] = await collect(
    [
      { x: [1, 2], y: 3 },
      { x: Float32Array.of(4, 5), y: 6 },
      { x: Int8Array.of(7, 8), y: 9 },
    ],
    2,
  );
  expect(toRows(first!.x)).toEqual([
    [1, 2],
    [4, 5],
  ]);
  expect(toRows(first!.y)).toEqual([[3], [6]]);
  expect(toRows(rest!.x)).toEqual([[7, 8]]);
  expect(rest!.x.data).toBeInstanceOf(Float64Array);
  const [wide] = await collect([{ x: [1], y: [0, 1, 0] }], 2);
  expect(toRows(wide!.y)).toEqual([[0, 1, 0]]);
});

test("minibatch() gives each batch memory of its own, and copies samples as they come", async () => {
  const x = [0];
  const batches: Batch[] = [];
  const samples$ = new Subject<Sample>();
  samples$.pipe(minibatch(2)).subscribe((batch) => batches.push(batch));
  for (let i = 0; i < 4; i++) {
    x[0] = i;
    samples$.next({ x, y: i });
  }
  expect(batches.map((b) => [...b.x.data])).toEqual([
    [0, 1],
    [2, 3],
  ]);
  batches[0]!.x.data.fill(9);
  expect([...batches[1]!.x.data]).toEqual([2, 3]);
});

test("minibatch() has weights only where a sample has, and 1 for the others", async () => {
  const batches = await collect(
    [
      { x: [1], y: 1 },
      { x: [1], y: 1, weight: 0.5 },
      { x: [1], y: 1 },
      { x: [1], y: 1 },
    ],
    3,
  );
  expect(toRows(batches[0]!.weight!)).toEqual([[1], [0.5], [1]]);
  expect("weight" in batches[1]!).toBe(false);
});

test("minibatch() grows with batches far larger than expected", async () => {
  const [batch] = await collect(
    Array.from({ length: 5000 }, (_, i) => ({ x: [i, -i], y: i, weight: i })),
    1e9,
  );
  expect(batch!.x).toMatchObject({ rows: 5000, cols: 2 });
  expect(batch!.x.data).toHaveLength(10_000);
  expect([...batch!.x.data.slice(-2)]).toEqual([4999, -4999]);
  expect(batch!.weight!.data[4999]).toBe(4999);
  expect(batch!.weight!.data).toHaveLength(5000);
});

test("minibatch() emits at the latest maxWait after the first sample of a batch", () => {
  new TestScheduler((a, b) => expect(a).toEqual(b)).run(({ cold, expectObservable }) => {
    const samples = cold("a--b------c-d-e-f----|").pipe(
      map((name) => ({ x: [name.charCodeAt(0) - 96], y: 0 })),
    );
    const batches = samples.pipe(
      minibatch(3, { maxWait: 5 }),
      map(({ x }) => x.data.join("")),
    );
    // a and b after 5 ms; c, d and e because they are three; f after 5 ms
    expectObservable(batches).toBe("-----x--------y------(z|)", {
      x: "12",
      y: "345",
      z: "6",
    });
  });
});

test("minibatch() waits on the scheduler that it is given, and leaves nothing on it", () => {
  const scheduler = new TestScheduler(() => {});
  const samples$ = new Subject<Sample>();
  const sizes: number[] = [];
  const subscription = samples$
    .pipe(minibatch(2, { maxWait: 50, scheduler }))
    .subscribe(({ x }) => sizes.push(x.rows));
  samples$.next({ x: [1], y: 1 });
  scheduler.flush();
  expect(sizes).toEqual([1]);
  samples$.next({ x: [1], y: 1 });
  subscription.unsubscribe();
  scheduler.flush();
  expect(sizes).toEqual([1]);
});

test("minibatch() of Infinity is a batch by time alone", () => {
  vi.useFakeTimers();
  const sizes: number[] = [];
  const subscription = interval(10, asyncScheduler)
    .pipe(
      map((i) => ({ x: [i], y: i })),
      minibatch(Number.POSITIVE_INFINITY, { maxWait: 95 }),
      take(2),
    )
    .subscribe(({ x }) => sizes.push(x.rows));
  vi.advanceTimersByTime(300);
  expect(sizes).toEqual([10, 10]);
  expect(subscription.closed).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test("minibatch() queues nothing twice when a subscriber pushes the next sample", () => {
  const samples$ = new Subject<Sample>();
  const seen: number[][] = [];
  samples$.pipe(minibatch(2)).subscribe(({ x }) => {
    seen.push([...x.data]);
    if (seen.length < 3) samples$.next({ x: [10 * seen.length], y: 0 });
  });
  samples$.next({ x: [1], y: 0 });
  samples$.next({ x: [2], y: 0 });
  samples$.next({ x: [3], y: 0 });
  expect(seen).toEqual([
    [1, 2],
    [10, 3],
  ]);
});

describe("minibatch() refuses what is no sample, and says which:", () => {
  test.each([
    [{ x: [1], y: 0 }, "minibatch(32) expects x of length 2, as before, got 1 in sample 1"],
    [{ x: [1, 2], y: [1, 2] }, "minibatch(32) expects y of length 1, as before, got 2 in sample 1"],
    [
      { x: [1, undefined], y: 0 },
      "minibatch(32) expects numbers in x, got undefined in column 1 of sample 1",
    ],
    [{ x: [1, "2"], y: 0 }, 'minibatch(32) expects numbers in x, got "2" in column 1 of sample 1'],
    [
      { x: BigInt64Array.of(1n, 2n), y: 0 },
      "minibatch(32) expects numbers in x, got 1 in column 0 of sample 1",
    ],
    [{ x: "12", y: 0 }, 'minibatch(32) expects an array of numbers in x, got "12" in sample 1'],
    [{ x: [], y: 0 }, "minibatch(32) expects an array of numbers in x, got none in sample 1"],
    [{ x: 3, y: 0 }, "minibatch(32) expects an array of numbers in x, got 3 in sample 1"],
    [{ x: [1, 2] }, "minibatch(32) expects a number or numbers in y, got undefined in sample 1"],
    [{ x: [1, 2], y: "3" }, 'minibatch(32) expects a number or numbers in y, got "3" in sample 1'],
    [{ x: [1, 2], y: [null] }, "minibatch(32) expects numbers in y, got null in column 0 of sample 1"],
    [{ x: [1, 2], y: 0, weight: "1" }, 'minibatch(32) expects a number as weight, got "1" in sample 1'],
    [undefined, "minibatch(32) expects samples { x, y }, got undefined as sample 1"],
    [7, "minibatch(32) expects samples { x, y }, got 7 as sample 1"],
  ])("%o", (sample, message) => {
    expect(failing(sample)).toBe(message);
  });
});

test("minibatch() lets NaN pass, for train to decide about", async () => {
  const [batch] = await collect([{ x: [Number.NaN], y: Number.POSITIVE_INFINITY }], 1);
  expect(toRows(batch!.x)).toEqual([[Number.NaN]]);
});

test("minibatch() refuses a size or a wait that is none", () => {
  expect(() => minibatch(0)).toThrow("minibatch(0) expects a whole number of at least 1 as size, got 0");
  expect(() => minibatch(2.5)).toThrow("as size, got 2.5");
  expect(() => minibatch(2, { maxWait: Number.NaN })).toThrow("as maxWait, got NaN");
});

test("minibatch() discards what waited when the source fails", () => {
  const seen: unknown[] = [];
  concat(
    of({ x: [1], y: 1 }),
    throwError(() => new Error("broken")),
  )
    .pipe(minibatch(2))
    .subscribe({ next: (b) => seen.push(b), error: (e) => seen.push(e.message) });
  expect(seen).toEqual(["broken"]);
});

describe("minibatch() reads, through from(), whatever emits samples:", () => {
  const samples: Sample[] = [1, 2, 3].map((i) => ({ x: [i], y: i }));
  const generator = async function* () {
    for (const sample of samples) {
      await Promise.resolve();
      yield sample;
    }
  };
  const sources: [string, () => ObservableInput<Sample>][] = [
    ["an array", () => samples],
    ["an Observable", () => of(...samples)],
    ["an async iterable", generator],
    ["a Node Readable", () => Readable.from(samples)],
    ["a generator", () => samples.values()],
  ];
  test.each(sources)("%s", async (_, source) => {
    expect((await collect(source(), 2)).map(({ x }) => [...x.data])).toEqual([[1, 2], [3]]);
  });
  test("a promise", async () => {
    expect((await collect(Promise.resolve(samples[0]!), 2)).map(({ x }) => [...x.data])).toEqual([[1]]);
  });
  test("an EventEmitter, by fromEvent", () => {
    const emitter = new EventEmitter();
    const seen: number[][] = [];
    const subscription = fromEvent(emitter, "sample", (sample: Sample) => sample)
      .pipe(minibatch(2))
      .subscribe(({ x }) => seen.push([...x.data]));
    for (const sample of samples) emitter.emit("sample", sample);
    subscription.unsubscribe();
    expect(seen).toEqual([[1, 2]]);
    expect(emitter.listenerCount("sample")).toBe(0);
  });
});

test("minibatch() does not compile over what is no sample", () => {
  // @ts-expect-error y is missing
  of({ x: [1] }).pipe(minibatch(3));
  // @ts-expect-error x is no list of numbers
  of({ x: "s", y: 1 }).pipe(minibatch(3));
  expectTypeOf(of({ x: [1], y: 1, carrier: "AA" }).pipe(minibatch(3))).toEqualTypeOf<Observable<Batch>>();
});

const skipping = (samples: readonly unknown[], options: MinibatchOptions = {}, size = 2) => {
  const rejected: string[] = [];
  const rows: number[][] = [];
  let end = "";
  from(samples as Sample[])
    .pipe(
      minibatch(size, {
        onInvalid: "skip",
        rejected: (_, { message }) => rejected.push(message.replace(/^.*?expects /, "")),
        ...options,
      }),
    )
    .subscribe({
      next: ({ x }) => rows.push(...(toRows(x) as number[][])),
      error: (error) => {
        end = error.message;
      },
      complete: () => {
        end = "complete";
      },
    });
  return { rejected, rows, end };
};

test('minibatch({ onInvalid: "skip" }) leaves out the bad sample alone, and says why', () => {
  const { rejected, rows, end } = skipping([
    { x: [1, 1], y: 0 },
    { x: [Number.NaN, 1], y: 0 },
    { x: [2, 2], y: 0 },
    { x: [3], y: 0 },
    { x: [3, 3], y: null },
    { x: [3, 3], y: 0, weight: -1 },
    { x: [1e308, 3], y: 0 },
    null,
    { x: [4, 4], y: 0, weight: 0 },
  ]);
  expect(rows).toEqual([
    [1, 1],
    [2, 2],
    [4, 4],
  ]);
  expect(end).toBe("complete");
  expect(rejected).toEqual([
    "finite numbers in x, got NaN in column 0 of sample 1",
    "x of length 2, as before, got 1 in sample 3",
    "numbers in y, got null of sample 4",
    "a finite number of at least 0 as weight, got -1 of sample 5",
    "finite numbers in x, got 1e+308 in column 0 of sample 6",
    "samples { x, y }, got null as sample 7",
  ]);
});

test('minibatch({ onInvalid: "skip" }) is not told by a bad first sample how wide the others are', () => {
  const { rows } = skipping([
    { x: [1, 2, 3], y: "b" },
    { x: [1], y: 2 },
  ]);
  expect(rows).toEqual([[1]]);
  const told = skipping(
    [
      { x: [1, 2, 3], y: 1 },
      { x: [1], y: [1, 2] },
      { x: [7], y: 2 },
    ],
    { inputs: 1, targets: 1 },
  );
  expect(told.rows).toEqual([[7]]);
  expect(told.rejected).toEqual(["1 numbers in x, got 3 of sample 0", "1 numbers in y, got 2 of sample 1"]);
});

test("minibatch({ inputs, targets, precision }) looks at each sample also where a bad one ends the stream", () => {
  const ended = (sample: unknown, options: MinibatchOptions) =>
    skipping([sample], { onInvalid: "error", ...options }).end;
  expect(ended({ x: [1, 2], y: 1 }, { inputs: 1 })).toContain("expects 1 numbers in x, got 2 of sample 0");
  expect(ended({ x: [1e308], y: 1 }, { precision: "float32" })).toContain("got 1e+308 in column 0");
  expect(ended({ x: [1e308], y: 1 }, { precision: "float64" })).toBe("complete");
  expect(ended({ x: [Number.NaN], y: 1 }, {})).toBe("complete");
});

test('minibatch({ onInvalid: "skip" }) looks at sparse rows, and survives what pretends to be a list', () => {
  const row = (value: number) => sparse([[[2, value]]], 4);
  const { rejected, rows } = skipping([
    { x: row(1), y: 0 },
    { x: row(Number.POSITIVE_INFINITY), y: 0 },
    { x: sparse([[], []], 4), y: 0 },
    { x: [1, 2, 3, 4], y: 0 },
    { x: { length: 2 ** 40 }, y: 0 },
    { x: { __proto__: [1, 2] }, y: 0 },
    { x: row(2), y: { length: -1 } },
    { x: row(3), y: 0, extra: 1 },
  ]);
  expect(rows).toEqual([
    [0, 0, 1, 0],
    [0, 0, 3, 0],
  ]);
  expect(rejected).toHaveLength(6);
});

test("minibatch({ for }) knows from a model and a loss what a sample must be", () => {
  const net = (precision: Precision) => model(dense(2, 3), { precision });
  const loss = categoricalCrossentropy({ fromLogits: true });
  const samples = [
    { x: [1], y: 0 },
    { x: [1, 2], y: 2 },
    { x: [1, 2], y: 3 },
    { x: [1, 2], y: 0.5 },
    { x: [1e200, 2], y: 0 },
  ];
  const { rows, rejected } = skipping(samples, { for: { model: net("float32"), loss } });
  expect(rows).toEqual([[1, 2]]);
  expect(rejected).toEqual([
    "2 numbers in x, got 1 of sample 0",
    expect.stringMatching(/, got 3 in row 0$/),
    expect.stringMatching(/, got 0.5 in row 0$/),
    expect.stringContaining("got 1e+200"),
  ]);
  expect(skipping(samples, { for: { model: net("float64") } }).rows).toHaveLength(4);
  expect(skipping(samples, { for: { model: net("float64") }, inputs: 1, precision: "float64" }).rows).toEqual(
    [[1]],
  );
  expect(() => minibatch(2, { for: {} as never })).toThrow("expects { model, loss? } as for, got an object");
});

test("minibatch() refuses options that are none", () => {
  expect(() => minibatch(2, { onInvalid: "drop" as never })).toThrow(
    '"error" or "skip" as onInvalid, got "drop"',
  );
  expect(() => minibatch(2, { inputs: 0 })).toThrow("as inputs, got 0");
  expect(() => minibatch(2, { precision: "half" as never })).toThrow('as precision, got "half"');
  expect(() => minibatch(2, { maxwait: 5 } as never)).toThrow(
    "expects options named maxWait, scheduler, onInvalid, rejected, inputs, targets, precision, for, got maxwait",
  );
});
