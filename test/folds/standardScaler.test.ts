import { expect, test } from "vitest";
import { standardScaler } from "../../src/folds/standardScaler.ts";
import { matrix, toRows, zeros } from "../../src/math/matrix.ts";
import { random } from "../../src/math/random.ts";

const after = (...items: (number[] | ReturnType<typeof matrix>)[]) => {
  const f = standardScaler();
  return f.read(items.reduce(f.step, f.init()));
};

test("standardScaler() gives River's numbers, learning each row before it transforms it", () => {
  // the example of river.preprocessing.StandardScaler: random.seed(42), uniform(8, 12), to three digits
  const rows = [
    [10.557707193832, 8.100043020891],
    [9.100117273476, 8.892842952595],
    [10.945884856656, 10.706797949692],
    [11.568718270819, 8.347755330518],
    [9.687687278741, 8.119188877752],
    [8.874551899214, 10.021421152413],
  ];
  const river = [
    [0, 0],
    [-0.999, 0.999],
    [0.937, 1.35],
    [1.129, -0.651],
    [-0.776, -0.729],
    [-1.274, 0.992],
  ];
  const f = standardScaler();
  let state = f.init();
  rows.forEach((row, i) => {
    state = f.step(state, row);
    f.read(state)
      .transform(row)
      .forEach((z, j) => {
        expect(Math.abs(z - river[i]![j]!)).toBeLessThan(0.00101);
      });
  });
});

test("standardScaler() equals two passes to 1e-9 after 100,000 rows around 1e9", () => {
  const rng = random(3);
  const all = Array.from({ length: 1e5 }, () => [1e9 + 3 * rng.normal(), rng.uniform()]);
  const { deviation } = after(matrix(all));
  for (const j of [0, 1]) {
    const m = all[0]![j]! + all.reduce((sum, row) => sum + (row[j]! - all[0]![j]!), 0) / all.length;
    const s = Math.sqrt(all.reduce((sum, row) => sum + (row[j]! - m) ** 2, 0) / all.length);
    expect(Math.abs(deviation[j]! / s - 1)).toBeLessThan(1e-9);
  }
});

test("standardScaler() leaves everything as it is before it has seen anything, whatever the width", () => {
  const { count, transform, inverse } = after();
  expect(count).toBe(0);
  expect([...transform([5, 6, 7])]).toEqual([5, 6, 7]);
  expect(toRows(inverse(matrix([[1], [2]])))).toEqual([[1], [2]]);
});

test("standardScaler() transforms a column without deviation to 0, and back to its mean", () => {
  const { transform, inverse } = after([1, 0.1], [3, 0.1]);
  expect([...transform([4, 99])]).toEqual([2, 0]);
  expect([...inverse([2, 99])]).toEqual([4, 0.1]);
});

test("standardScaler() does not learn what is not finite, and hands it on", () => {
  const clean = after([1, 2], [3, 4], [5, 9]);
  const spoiled = after([1, 2], [Number.NaN, 4], [3, Number.POSITIVE_INFINITY], [5, 9]);
  expect(spoiled.mean).toEqual(clean.mean);
  expect(spoiled.deviation).toEqual(clean.deviation);
  expect([...spoiled.transform([Number.NaN, Number.NEGATIVE_INFINITY])]).toEqual([Number.NaN, -Infinity]);
  expect([...after([1], [1]).transform([Number.NaN])]).toEqual([Number.NaN]);
});

test("standardScaler() inverts what it transforms, and keeps the precision of a matrix", () => {
  const { transform, inverse } = after([1, 50], [2, 70], [9, 10]);
  const x = matrix([[4, 33]]);
  toRows(inverse(transform(x)))[0]!.forEach((v, j) => {
    expect(v).toBeCloseTo(x.data[j]!, 12);
  });
  expect(toRows(x)).toEqual([[4, 33]]);
  expect(transform(zeros(1, 2, "float32")).data).toBeInstanceOf(Float32Array);
  expect(transform(Float32Array.of(1, 2))).toBeInstanceOf(Float64Array);
});

test("standardScaler() refuses another width than it has", () => {
  const f = standardScaler(3);
  expect(() => f.step(f.init(), [1, 2])).toThrow("standardScaler() expects 3 columns, got 1 × 2");
  expect(() => after([1, 2]).transform([1])).toThrow("standardScaler() expects 2 columns, got 1 × 1");
  expect(() => f.merge(standardScaler(2).init(), f.init())).toThrow("standardScaler() expects 3 columns");
});

test("standardScaler() gives large float32 batches the bits that it gives their rows one at a time", () => {
  const rng = random(5);
  const [rows, cols] = [64, 33];
  const batch = { ...zeros(rows, cols, "float32"), data: new Float32Array(rows * cols) };
  for (let k = 0; k < batch.data.length; k++) batch.data[k] = k % cols === 7 ? 3 : 100 + rng.normal();
  batch.data[50] = Number.NaN;
  batch.data[90] = Number.NEGATIVE_INFINITY;
  const row = (i: number) => ({ rows: 1, cols, data: batch.data.subarray(i * cols, (i + 1) * cols) });
  const f = standardScaler();
  const whole = f.step(f.step(f.init(), batch), batch);
  let each = f.init();
  for (let i = 0; i < 2 * rows; i++) each = f.step(each, row(i % rows));
  expect(whole).toEqual(each);
  const { transform } = f.read(whole);
  const z = transform(batch);
  expect(z.data).toBeInstanceOf(Float32Array);
  for (let i = 0; i < rows; i++)
    expect(z.data.subarray(i * cols, (i + 1) * cols)).toEqual(transform(row(i)).data);
  expect(standardScaler().read(f.init()).transform(batch).data).toEqual(batch.data);
});
