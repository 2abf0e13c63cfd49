import { from, lastValueFrom, map, type Observable, of, toArray } from "rxjs";
import { expect, expectTypeOf, test } from "vitest";
import { classBalance } from "../../src/folds/classBalance.ts";
import { readingOf } from "../../src/folds/readingOf.ts";
import type { Batch } from "../../src/graph/batch.ts";
import { model } from "../../src/graph/model.ts";
import { dense } from "../../src/layers/dense.ts";
import { binaryCrossentropy } from "../../src/losses/binaryCrossentropy.ts";
import { meanSquaredError } from "../../src/losses/meanSquaredError.ts";
import { matrix, toRows } from "../../src/math/matrix.ts";
import { random } from "../../src/math/random.ts";
import { sgd } from "../../src/optimizers/sgd.ts";
import { balanceClasses } from "../../src/streams/balanceClasses.ts";
import { minibatch } from "../../src/streams/minibatch.ts";
import type { Sample } from "../../src/streams/sample.ts";
import { train } from "../../src/streams/train.ts";
import { operatorLaws } from "../laws/operator.ts";

const column = (...values: number[]) => matrix(values.map((v) => [v]));
const batchOf = (y: number[][], weight?: number[]): Batch => ({
  x: matrix(y.map((_, i) => [i])),
  y: matrix(y),
  ...(weight && { weight: column(...weight) }),
});
const weighed = async (batches: readonly Batch[], options = {}): Promise<number[][]> =>
  (await lastValueFrom(from(batches).pipe(balanceClasses(options), toArray()))).map(({ weight }) => [
    ...weight!.data,
  ]);

const batches = [batchOf([[0], [0], [1]]), batchOf([[1], [2]], [0.5, 2]), batchOf([[0], [0], [0], [2], [0]])];

/** The weight that the rows before give its class; one that is new counts as one row. */
const expectedOf = (all: readonly Batch[], max = Number.POSITIVE_INFINITY): Batch[] => {
  const before: number[] = [];
  return all.map((batch) => ({
    ...batch,
    weight: matrix(
      toRows(batch.y).map(([c], i) => {
        const classes = new Set([...before, c!]).size;
        const own = before.filter((k) => k === c).length;
        const w = Math.max(1, before.length) / (classes * Math.max(1, own));
        before.push(c!);
        return [Math.min(max, w) * (batch.weight ? batch.weight.data[i]! : 1)];
      }),
    ),
  }));
};

operatorLaws<Batch, Batch>("balanceClasses()", {
  operator: () => balanceClasses(),
  items: batches,
  expected: expectedOf,
});
operatorLaws<Batch, Batch>("balanceClasses({ max })", {
  operator: () => balanceClasses({ max: 1.2 }),
  items: batches,
  expected: (all) => expectedOf(all, 1.2),
});

test("balanceClasses() weighs each row by the rows before it, batch by batch or row by row", async () => {
  const rng = random(2);
  const rows = Array.from({ length: 40 }, () => [Number(rng.uniform() < 0.2)]);
  const one = (await weighed(rows.map((row) => batchOf([row])))).flat();
  const many = (await weighed([batchOf(rows.slice(0, 25)), batchOf(rows.slice(25))])).flat();
  expect(many).toEqual(one);
  const { weights } = readingOf(
    classBalance(),
    rows.slice(0, -1).map(([c]) => c!),
  );
  expect(one.at(-1)).toBe(weights[rows.at(-1)![0]!]);
});

test("balanceClasses() takes one-hot rows and ±1 for what they are", async () => {
  const expected = (await weighed([batchOf([[0], [0], [0], [1]])]))[0];
  expect(await weighed([batchOf([[-1], [-1], [-1], [1]])])).toEqual([expected]);
  expect(
    await weighed([
      batchOf([
        [1, 0],
        [1, 0],
        [1, 0],
        [0, 1],
      ]),
    ]),
  ).toEqual([expected]);
});

test("balanceClasses() makes classes weigh the same in the long run", async () => {
  const rng = random(6);
  const rows = Array.from({ length: 20_000 }, () => [Number(rng.uniform() < 0.05)]);
  const weights = (await weighed([batchOf(rows)]))[0]!;
  const sums = [0, 1].map((c) => weights.reduce((sum, w, i) => sum + (rows[i]![0] === c ? w : 0), 0));
  expect(sums[1]! / sums[0]!).toBeGreaterThan(0.98);
  expect(sums[1]! / sums[0]!).toBeLessThan(1.02);
});

test("balanceClasses() hands on what is not finite, and counts nothing of a batch that it refuses", async () => {
  expect(await weighed([batchOf([[0], [Number.NaN], [1]]), batchOf([[1]])])).toEqual([[1, 1, 0.5], [1]]);
  await expect(weighed([batchOf([[0], [0.5]])])).rejects.toThrow(
    "balanceClasses() expects targets that are classes, got 0.5 in row 1",
  );
  await expect(weighed([{ ...batchOf([[0], [1]]), weight: column(1) }])).rejects.toThrow(
    "balanceClasses() expects 2 × 1 weights, got 1 × 1",
  );
  expect(() => balanceClasses({ max: -1 })).toThrow("balanceClasses() expects");
});

test("balanceClasses() does not touch what it was given", async () => {
  const batch = batchOf([[0], [1]], [3, 4]);
  const [out] = await lastValueFrom(of(batch).pipe(balanceClasses(), toArray()));
  expect([...batch.weight!.data]).toEqual([3, 4]);
  expect(out!.x).toBe(batch.x);
});

test("balanceClasses() keeps other fields in the type", () => {
  const out$ = of({ ...batchOf([[0]]), time: 3 }).pipe(balanceClasses());
  expectTypeOf(out$.pipe(map(({ time }) => time))).toEqualTypeOf<Observable<number>>();
});

const learned = (samples: readonly Sample[], η: number, loss = meanSquaredError()): number[] => {
  const net = model(dense(2, 1, { activation: "sigmoid" }), { seed: 3, precision: "float64" });
  from(samples)
    .pipe(minibatch(samples.length), train(net, { loss, optimizer: sgd(η * samples.length) }))
    .subscribe();
  const numbers = net.parameters.flatMap(({ value }) => [...value.data]);
  net.dispose();
  return numbers;
};

test.each([
  ["meanSquaredError()", meanSquaredError()],
  ["binaryCrossentropy()", binaryCrossentropy()],
])("train() learns from a sample of weight 3 what it learns from three copies at once: %s", (_, loss) => {
  // a loss is a sum over rows / rows, so a rate times rows makes it the sum
  const rng = random(8);
  for (let round = 0; round < 20; round++) {
    const samples = [0, 1, 2, 3].map((i) => ({ x: [rng.normal(), rng.normal()], y: i % 2 }));
    const copies = samples.flatMap((sample, i) => (i === 1 ? [sample, sample, sample] : [sample]));
    const weights = samples.map((sample, i) => (i === 1 ? { ...sample, weight: 3 } : sample));
    const [a, b] = [learned(weights, 0.1, loss), learned(copies, 0.1, loss)];
    expect(a).not.toEqual(learned(samples, 0.1, loss));
    a.forEach((w, i) => {
      expect(w).toBeCloseTo(b[i]!, 13);
    });
  }
});

test("balanceClasses() says that it comes behind minibatch()", () => {
  const sample = { x: [1, 2], y: 1 } as unknown as Batch;
  const failures: string[] = [];
  from([sample])
    .pipe(balanceClasses())
    .subscribe({ error: (error) => failures.push(String(error)) });
  expect(failures).toEqual([
    "Error: balanceClasses() expects batches, as minibatch() makes them, got 1 as y",
  ]);
});
