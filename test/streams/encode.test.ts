import { from, lastValueFrom, map, type OperatorFunction, Subject, toArray } from "rxjs";
import { describe, expect, it } from "vitest";
import { category } from "../../src/features/category.ts";
import { categoryIndex } from "../../src/features/categoryIndex.ts";
import { classes } from "../../src/features/classes.ts";
import { features } from "../../src/features/features.ts";
import { hashedWords } from "../../src/features/hashedWords.ts";
import { numeric } from "../../src/features/numeric.ts";
import type { Schema } from "../../src/features/schema.ts";
import { reservoir } from "../../src/folds/reservoir.ts";
import type { Batch } from "../../src/graph/batch.ts";
import { type Model, model } from "../../src/graph/model.ts";
import { chain } from "../../src/graph/plan.ts";
import { dense } from "../../src/layers/dense.ts";
import { dropout } from "../../src/layers/dropout.ts";
import { layerNorm } from "../../src/layers/layerNorm.ts";
import { binaryCrossentropy } from "../../src/losses/binaryCrossentropy.ts";
import { categoricalCrossentropy } from "../../src/losses/categoricalCrossentropy.ts";
import { isSparse } from "../../src/math/sparse.ts";
import { adam } from "../../src/optimizers/adam.ts";
import { encode } from "../../src/streams/encode.ts";
import { minibatch } from "../../src/streams/minibatch.ts";
import { pool } from "../../src/streams/pool.ts";
import { prequential } from "../../src/streams/prequential.ts";
import { replay } from "../../src/streams/replay.ts";
import { type ScoredStep, train } from "../../src/streams/train.ts";
import { operatorLaws } from "../laws/operator.ts";

interface Event {
  readonly a: number | null;
  readonly b?: string;
  readonly y: number;
}

const schema = features<Event>()({ a: numeric({ missing: "mean" }), b: category({ capacity: 2 }) });
const target = ({ y }: Event) => y;
const items: Event[] = [
  { a: 2, b: "x", y: 0 },
  { a: null, b: "y", y: 1 },
  { a: 8, b: "x", y: 2 },
  { a: null, b: "z", y: 3 },
];
const all = [
  { x: Float64Array.of(2, 1, 0, 0), y: 0 },
  { x: Float64Array.of(2, 0, 1, 0), y: 1 },
  { x: Float64Array.of(8, 1, 0, 0), y: 2 },
  { x: Float64Array.of(5, 0, 1, 0), y: 3 },
];

operatorLaws("encode", {
  operator: () => encode(schema, { target }),
  items,
  expected: (some) => all.slice(0, some.length),
});

const collected = <T>(options: Parameters<typeof encode<Event, Float64Array>>[1], list = items) =>
  lastValueFrom(from(list).pipe(encode(schema, options), toArray())) as Promise<T[]>;

it("encode() does not let a mean know the value that it stands beside, nor later ones", async () => {
  const plain = features<Event>()({ a: numeric({ missing: "mean" }) });
  const list = [null, 4, null, 10, null].map((a) => ({ a, y: 0 }));
  const rows = from(list).pipe(
    encode(plain, { target }),
    map(({ x }) => x[0]),
    toArray(),
  );
  expect(await lastValueFrom(rows)).toEqual([0, 4, 4, 10, 7]);
});

it("encode() tells of renewed columns before the sample comes out", async () => {
  const log: unknown[] = [];
  const samples$ = from(items).pipe(encode(schema, { target, renewed: (columns) => log.push([...columns]) }));
  await lastValueFrom(samples$.pipe(map(({ y }) => log.push(y))));
  expect(log).toEqual([[1], 0, [2], 1, 2, [2], 3]);
});

it("encode() tells of renewed indices", async () => {
  const told: unknown[] = [];
  const indexed = features<Event>()({ b: categoryIndex({ capacity: 1 }) });
  const renewedIndices = (some: readonly unknown[]) => told.push(...some);
  await lastValueFrom(from(items.slice(0, 2)).pipe(encode(indexed, { target, renewedIndices })));
  expect(told).toEqual(Array(2).fill({ column: 0, index: 1 }));
});

it("encode() learns into a state that predictions use too", async () => {
  const state = schema.init();
  await collected({ target, state });
  expect(schema.names(state)).toEqual(["a", "b=x", "b=z", "b:other"]);
  expect([...schema.encode(state, { a: null, b: "z", y: 0 })]).toEqual([5, 0, 1, 0]);
});

it("encode() weighs", async () => {
  const [first] = await collected<{ weight: number }>({ target, weight: ({ y }) => y + 0.5 });
  expect(first!.weight).toBe(0.5);
});

it("encode() ends with an error for a refused event, or leaves it out and tells of it", async () => {
  const strict = features<Event>()({ a: numeric({ missing: "reject" }) });
  const run = (onInvalid: "error" | "skip", rejected?: (event: Event, reason: Error) => void) =>
    lastValueFrom(
      from(items).pipe(
        encode(strict, { target, onInvalid, ...(rejected && { rejected }) }),
        map(target as never),
        toArray(),
      ),
    );
  await expect(run("error")).rejects.toThrow("features() expects a finite number as a, got null");
  const told: unknown[] = [];
  expect(await run("skip", (event, { message }) => told.push([event.y, message]))).toEqual([0, 2]);
  expect(told).toEqual([1, 3].map((y) => [y, "features() expects a finite number as a, got null"]));
});

it("encode() does not skip what the program is to blame for", async () => {
  const broken = () => {
    throw new TypeError("a bug");
  };
  await expect(collected({ target: broken, onInvalid: "skip" })).rejects.toThrow("a bug");
});

it("encode() makes class indices of labels, and refuses those for which there is no room", async () => {
  const renewedClasses: number[] = [];
  const options = {
    target: ({ b }: Event) => b!,
    onInvalid: "skip" as const,
    renewedClasses: (some: readonly number[]) => renewedClasses.push(...some),
  };
  const ys = async (full: "evict" | "refuse") =>
    (await collected<{ y: number }>({ ...options, classes: classes({ capacity: 2, full }) })).map(
      ({ y }) => y,
    );
  expect(await ys("refuse")).toEqual([0, 1, 0]);
  expect(await ys("evict")).toEqual([0, 1, 0, 1]);
  expect(renewedClasses).toEqual([0, 1, 0, 1, 1]);
});

it("encode() refuses options that are none", () => {
  // @ts-expect-error no target
  expect(() => encode(schema, {})).toThrow("encode() expects a function as target");
  // @ts-expect-error misspelt
  expect(() => encode(schema, { target, onInvald: "skip" })).toThrow("encode() expects options named target");
  // @ts-expect-error no such way
  expect(() => encode(schema, { target, onInvalid: "drop" })).toThrow('"error" or "skip" as onInvalid');
});

it("encode() gives sparse rows, which minibatch gathers and a sparse layer learns from", async () => {
  interface Mail {
    readonly text: string;
    readonly spam: boolean;
  }
  const words = features<Mail>()({ text: hashedWords(2 ** 12) });
  const mails = Array.from({ length: 200 }, (_, i) => ({
    text: i % 3 === 0 ? `win money ${i}` : `meeting at ${i}`,
    spam: i % 3 === 0,
  }));
  const net = model(chain(dense(words.width, 1, { sparse: true, activation: "sigmoid" })), { seed: 1 });
  const batches$ = from(mails).pipe(encode(words, { target: ({ spam }) => (spam ? 1 : 0) }), minibatch(8));
  const [batch] = await lastValueFrom(batches$.pipe(toArray()));
  expect(isSparse(batch!.x) && [batch!.x.rows, batch!.x.cols, ...batch!.x.starts]).toEqual([
    8, 4096, 0, 3, 6, 9, 12, 15, 18, 21, 24,
  ]);
  await lastValueFrom(batches$.pipe(train(net, { loss: binaryCrossentropy(), optimizer: adam(0.3) })));
  const answer = net.predict(
    words.matrix(words.init(), [
      { text: "money", spam: true },
      { text: "the meeting", spam: false },
    ]),
  );
  expect(answer.data[0]).toBeGreaterThan(0.7);
  expect(answer.data[1]).toBeLessThan(0.3);
});

describe("encode() with forget", () => {
  interface Visit {
    readonly city: string;
    readonly sort: string;
  }
  const cities = features<Visit>()({ city: category({ capacity: 2 }) });
  const options = {
    target: ({ sort }: Visit) => sort,
    classes: classes({ capacity: 2, full: "evict" }),
    forget: true,
  };
  const visits = (text: string): Visit[] =>
    text.split(" ").map((visit) => ({ city: visit[0]!, sort: visit[1]! }));
  const batchesOf = (text: string, size: number): Batch[] => {
    const batches: Batch[] = [];
    from(visits(text))
      .pipe(encode(cities, options), minibatch(size))
      .subscribe((batch) => batches.push(batch));
    return batches;
  };

  it("encode() says in samples what they renewed, and only there", async () => {
    const samples = from(visits("A1 A1 B2 C3")).pipe(encode(cities, options), toArray());
    expect((await lastValueFrom(samples)).map(({ renewed }) => renewed)).toEqual([
      { inputs: [0], indices: [], outputs: [0] },
      undefined,
      { inputs: [1], indices: [], outputs: [1] },
      { inputs: [0], indices: [], outputs: [0] },
    ]);
  });

  it("minibatch() closes a batch in which the old meaning of a column or class waits, and no other", () => {
    const sizes = (text: string) => batchesOf(text, 3).map(({ x }) => x.rows);
    expect(sizes("A1 B2 B2 C2 B2 B2")).toEqual([3, 3]);
    expect(sizes("A1 B2 C2 B2 B2")).toEqual([2, 3]);
    expect(sizes("A1 A2 A3")).toEqual([2, 1]);
    expect(batchesOf("A1 B2 B2 C2 B2 B2", 3).map(({ renewed }) => renewed)).toEqual([
      { inputs: [0, 1], indices: [], outputs: [0, 1] },
      { inputs: [0], indices: [], outputs: [] },
    ]);
  });

  it("minibatch() sees the old meaning in sparse rows and in indices", () => {
    const wide = features<Visit>()({ city: category({ capacity: 2, sparse: true }) });
    const indexed = features<Visit>()({ city: categoryIndex({ capacity: 2 }) });
    for (const schema of [wide, indexed] as Schema<Visit>[]) {
      const sizes: number[] = [];
      from(visits("A0 B0 C0 B0 B0"))
        .pipe(encode(schema, { target: () => 0, forget: true }), minibatch(3))
        .subscribe(({ x }) => sizes.push(x.rows));
      expect(sizes).toEqual([2, 3]);
    }
  });

  const loss = categoricalCrossentropy({ fromLogits: true });
  const learns: Readonly<Record<string, (m: Model) => OperatorFunction<Batch, object>>> = {
    train: (m: Model) => train(m, { loss, optimizer: adam(0.1) }),
    prequential: (m: Model) => prequential(m, { loss, optimizer: adam(0.1) }),
    "prequential with dropout": (m: Model) => prequential(m, { loss, optimizer: adam(0.1) }),
    replay: (m: Model) => replay(reservoir(8), prequential(m, { loss, optimizer: adam(0.1) })),
    pool: (m: Model) => pool([{ name: "one", model: m, optimizer: adam(0.1) }], { loss }),
  };

  it.each(Object.entries(learns))(
    "%s forgets before it learns from the first of the new meaning",
    (name, learn) => {
      const drop = name.endsWith("dropout") ? [dropout(0.1)] : [];
      const m = model(chain(...drop, dense(3, 2)), { seed: 1 });
      const before = Array.from(m.parameters[0]!.value.data);
      expect(before.slice(0, 2).every((w) => w !== 0)).toBe(true);
      const events$ = new Subject<Visit>();
      const predictions: number[][] = [];
      events$.pipe(encode(cities, options), minibatch(1), learn(m)).subscribe((step) => {
        if ("prediction" in step) predictions.push(Array.from((step as ScoredStep).prediction.data));
      });
      for (const visit of visits("A1 B2 A1 B2")) events$.next(visit);
      const bias = m.parameters[1]!.value.data.slice();
      events$.next({ city: "C", sort: "1" }); // takes the column of A, so that nothing but the bias speaks
      if (name !== "train") expect(predictions.at(-1)).toEqual(Array.from(bias));
      else expect(Math.max(...m.parameters[0]!.value.data.slice(0, 2).map(Math.abs))).toBeLessThan(0.11); // one step from 0
    },
  );

  it("train() ends with an error for a plan that mixes columns, and does not skip it as bad data", () => {
    const m = model(chain(layerNorm(3), dense(3, 2)));
    let message = "";
    from(visits("A1"))
      .pipe(
        encode(cities, options),
        minibatch(1),
        train(m, { loss, optimizer: adam(0.1), onInvalid: "skip" }),
      )
      .subscribe({ error: (error) => (message = error.message) });
    expect(message).toMatch(/^train\(\): forget\(\) expects .* got layerNorm\(3\), which mixes them/);
  });

  it("encode() refuses a forget that is no boolean", () => {
    expect(() => encode(cities, { ...options, forget: 1 as never })).toThrow(
      /true or false as forget, got 1/,
    );
  });
});
