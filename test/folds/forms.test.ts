import { expect, expectTypeOf, test } from "vitest";
import { accuracy } from "../../src/folds/accuracy.ts";
import { auc } from "../../src/folds/auc.ts";
import { brier } from "../../src/folds/brier.ts";
import { calibrationError } from "../../src/folds/calibrationError.ts";
import { cohenKappa } from "../../src/folds/cohenKappa.ts";
import { exponentialMean } from "../../src/folds/exponentialMean.ts";
import { exponentialScaler } from "../../src/folds/exponentialScaler.ts";
import { fading } from "../../src/folds/fading.ts";
import { fBeta } from "../../src/folds/fBeta.ts";
import { geometricMean } from "../../src/folds/geometricMean.ts";
import { kappaTemporal } from "../../src/folds/kappaTemporal.ts";
import { mae } from "../../src/folds/mae.ts";
import { mape } from "../../src/folds/mape.ts";
import { matthewsCorrelation } from "../../src/folds/matthewsCorrelation.ts";
import { maxAbsScaler } from "../../src/folds/maxAbsScaler.ts";
import { mean } from "../../src/folds/mean.ts";
import { isMergeable } from "../../src/folds/mergeable.ts";
import { minMaxScaler } from "../../src/folds/minMaxScaler.ts";
import { pinballScore } from "../../src/folds/pinballScore.ts";
import { prAuc } from "../../src/folds/prAuc.ts";
import { precision } from "../../src/folds/precision.ts";
import { priorClass } from "../../src/folds/priorClass.ts";
import { readingOf } from "../../src/folds/readingOf.ts";
import { robustScaler } from "../../src/folds/robustScaler.ts";
import { rollingScaler } from "../../src/folds/rollingScaler.ts";
import { scaler } from "../../src/folds/scaler.ts";
import type { Scored } from "../../src/folds/scored.ts";
import { smape } from "../../src/folds/smape.ts";
import { timeWindow } from "../../src/folds/timeWindow.ts";
import { together } from "../../src/folds/together.ts";
import { withBaselines } from "../../src/folds/withBaselines.ts";
import type { Fold } from "../../src/math/fold.ts";
import { matrix, toRows } from "../../src/math/matrix.ts";

const scored = (prediction: number[][], target: number[][]): Scored => ({
  prediction: matrix(prediction),
  target: matrix(target),
});
const column = (...values: number[]) => values.map((v) => [v]);

test("readingOf() folds any iterable", () => {
  expect(readingOf(mean(), new Set([1, 2, 6]))).toBe(3);
  expect(readingOf(mean(), [])).toBeNaN();
});

test("precision() needs an average for more than two classes", () => {
  const three = scored([[1, 0, 0]], [[0]]);
  expect(() => readingOf(precision(), [three])).toThrow(
    'precision() expects an average ("macro", say) for more than two classes, got "binary"',
  );
  expect(() => precision({ average: "mean" as "macro" })).toThrow("as average, got mean");
  expect(() => precision({ positive: 2 as 1 })).toThrow("precision() expects 0 or 1 as positive, got 2");
  expect(() => fBeta(-1)).toThrow("fBeta() expects a number of at least 0 as beta, got -1");
});

test("precision() counts a class 0 in a mean that was met but never predicted, and leaves out one that never came", () => {
  const never = scored(
    [
      [1, 0, 0],
      [1, 0, 0],
    ],
    [[0], [1]],
  );
  expect(readingOf(precision({ average: "macro" }), [never])).toBe(0.25);
});

test("matthewsCorrelation() is 1, −1, and 0 when one class alone was predicted", () => {
  const of = (...p: number[]) => readingOf(matthewsCorrelation(), [scored(column(...p), column(1, 0, 1))]);
  expect(of(1, 0, 1)).toBeCloseTo(1, 12);
  expect(of(0, 1, 0)).toBeCloseTo(-1, 12);
  expect(of(1, 1, 1)).toBe(0);
});

test("cohenKappa() is NaN as long as chance cannot fail", () => {
  expect(readingOf(cohenKappa(), [scored(column(1, 1), column(1, 1))])).toBeNaN();
});

test("geometricMean() is 0 when a class was never found", () => {
  expect(readingOf(geometricMean(), [scored(column(1, 1, 1), column(1, 1, 0))])).toBe(0);
});

test("kappaTemporal() is negative for a model that only no change beats", () => {
  expect(readingOf(kappaTemporal(), [scored(column(1, 1, 0, 0), column(1, 1, 1, 0))])).toBe(0);
  expect(readingOf(kappaTemporal(), [scored(column(1, 0, 0, 1), column(1, 1, 1, 0))])).toBe(-2);
});

test("brier() refuses what is no probability", () => {
  expect(() => readingOf(brier(), [scored([[0.5], [3]], [[1], [1]])])).toThrow(
    "brier() expects probabilities from 0 to 1 (end the network in a sigmoid or softmax), got 3 in row 1",
  );
  expect(() => readingOf(calibrationError(), [scored([[Number.NaN]], [[1]])])).toThrow(
    "calibrationError() expects",
  );
});

test("calibrationError() is 0 for probabilities that come true as often as they say", () => {
  const honest = scored(column(0.25, 0.25, 0.25, 0.25), column(1, 0, 0, 0));
  expect(readingOf(calibrationError(), [honest])).toBe(0);
  expect(() => calibrationError({ bins: 0 })).toThrow("calibrationError() expects");
});

test("prAuc() is the share of positives for scores that say nothing, and refuses what cannot be ordered", () => {
  expect(readingOf(prAuc(), [scored(column(3, 3, 3, 3), column(1, 0, 0, 0))])).toBe(0.25);
  expect(readingOf(prAuc(), [scored(column(3, 2), column(0, 0))])).toBeNaN();
  expect(() => readingOf(prAuc(), [scored([[Number.NaN]], [[1]])])).toThrow("prAuc() expects scores");
  expect(() => readingOf(prAuc({ bins: 4 }), [scored([[2]], [[1]])])).toThrow(
    "prAuc() expects scores from 0 to 1",
  );
});

test("mape() leaves out targets of 0, and smape() forgives 0 for 0", () => {
  const some = scored(column(1, 0, 3), column(0, 0, 2));
  expect(readingOf(mape(), [some])).toBe(0.5);
  expect(readingOf(smape(), [some])).toBeCloseTo((2 + 0 + 0.4) / 3, 12);
});

test("pinballScore() refuses a q that is no quantile", () => {
  expect(() => pinballScore(1)).toThrow("pinballScore(1) expects a number between 0 and 1 as q, got 1");
});

test("fading() refuses folds that keep more than sums", () => {
  expect(() => fading(0.9, auc())).toThrow(
    "fading() expects a fold with fade, such as accuracy() or mae() (a window will do for others: rolling), got one without, that keeps { scores,",
  );
  expect(() => fading(0, mae())).toThrow("as alpha, got 0");
  expect(() => fading(1.1, mae())).toThrow("as alpha, got 1.1");
});

test("fading() forgets, where a whole mean does not", () => {
  const items = Array.from({ length: 200 }, (_, i) => (i < 100 ? 0 : 1));
  expect(readingOf(fading(0.9, mean()), items)).toBeGreaterThan(0.999);
  expect(readingOf(mean(), items)).toBe(0.5);
});

test("timeWindow() keeps no more than maxItems, whatever the time", () => {
  for (const inner of [mean(), exponentialMean(0.5)] as Fold<number, number>[]) {
    const f = timeWindow(1e9, inner, { time: (x) => x, maxItems: 5 });
    let state = f.init();
    for (let i = 0; i < 1000; i++) state = f.step(state, i);
    expect(JSON.stringify(state).length).toBeLessThan(600);
  }
});

test("timeWindow() does not count what comes too late, and refuses what has no time", () => {
  const f = timeWindow(10, mean(), { time: (x) => x });
  expect(readingOf(f, [100, 90, 91])).toBe(95.5);
  expect(() => readingOf(f, [Number.NaN])).toThrow(
    "timeWindow() expects a time in ms for every item, got NaN",
  );
  expect(() => timeWindow(0, mean(), { time: (x) => x })).toThrow("timeWindow() expects");
});

test("timeWindow() refuses options that are none, and a time that is no function", () => {
  expect(() => timeWindow(10, mean(), { time: Number, maxItem: 3 } as never)).toThrow(
    "timeWindow() expects options named time, maxItems, got maxItem",
  );
  expect(() => timeWindow(10, mean(), { time: "at" } as never)).toThrow(
    'timeWindow() expects a function as time, got "at"',
  );
});

test("together() merges when all do, and fades when all do", () => {
  const sums = together({ a: accuracy(), b: mae() });
  expect(isMergeable(sums)).toBe(true);
  expectTypeOf(sums.merge).toBeFunction();
  expectTypeOf(readingOf(sums, [])).toEqualTypeOf<{ readonly a: number; readonly b: number }>();
  expect(readingOf(fading(0.5, sums), [scored([[1]], [[1]]), scored([[1]], [[0]])])).toEqual({
    a: 1 / 3,
    b: 2 / 3,
  });
  const mixed = together({ a: mean(), b: exponentialMean(0.1) });
  expect(isMergeable(mixed)).toBe(false);
  // @ts-expect-error: not all of them merge
  expect(mixed.merge).toBeUndefined();
  expect(() => fading(0.9, mixed)).toThrow("one without, that keeps { a, b }");
});

test("withBaselines() shows a model that is worse than none", () => {
  const stays = scored(column(0, 1, 0, 1, 0), column(1, 1, 1, 1, 1));
  expect(readingOf(withBaselines(accuracy()), [stays])).toEqual({ model: 0.5, noChange: 1, prior: 1 });
});

test("withBaselines() knows hinge targets, and refuses numbers for classes", () => {
  const hinge = scored(column(-2, 3, 1), column(-1, -1, 1));
  expect(readingOf(withBaselines(accuracy({ threshold: 0 })), [hinge])).toEqual({
    model: 0.5,
    noChange: 0.5,
    prior: 0.5,
  });
  expect(() => readingOf(withBaselines(mae()), [scored([[1], [2]], [[17.5], [3]])])).toThrow(
    "priorClass() expects 0/1, ±1, one-hot rows or class indices as targets, got 17.5 in row 0",
  );
  expect(() => withBaselines(mae(), { beside: "median" as "mean" })).toThrow("as beside, got median");
});

test("priorClass() refuses targets that do not fit", () => {
  expect(() => readingOf(priorClass(), [scored([[1, 0, 0]], [[1, 0]])])).toThrow(
    "priorClass() expects targets of",
  );
  expect(() => readingOf(priorClass(), [scored([[1, 0]], [[1]]), scored([[1, 0, 0]], [[1]])])).toThrow(
    "priorClass() expects 2 columns, as before, got 3",
  );
});

const folds = {
  exponentialScaler: exponentialScaler(0.1),
  maxAbsScaler: maxAbsScaler(),
  minMaxScaler: minMaxScaler(),
  robustScaler: robustScaler(),
  rollingScaler: rollingScaler(5),
};

test.each(Object.entries(folds))("%s() neither learns nor changes what is not finite", (_, f) => {
  const rows = [
    [1, 5],
    [Number.NaN, 6],
    [3, Number.POSITIVE_INFINITY],
  ];
  const { count, transform, inverse } = readingOf<
    number[],
    { count: number; transform: (x: number[]) => Float64Array; inverse: (x: number[]) => Float64Array },
    never
  >(f as never, rows);
  expect(count).toBe(3);
  expect(transform([Number.NaN, 5])[0]).toBeNaN();
  expect([...transform([2, 5.5])].every(Number.isFinite)).toBe(true);
  expect([...inverse([...transform([2, 5.25])])].map((v) => +v.toFixed(12))).toEqual([2, 5.25]);
  expect(() => transform([1])).toThrow("2 columns");
});

test.each(Object.entries(folds))("%s() gives what it has not seen yet back as it is", (_, f) => {
  expect([...f.read(f.init() as never).transform([4, 2])]).toEqual([4, 2]);
});

test("robustScaler() is not moved by an outlier that squeezes minMaxScaler()", () => {
  const rows = [...Array.from({ length: 99 }, (_, i) => [i]), [1e9]];
  const [robust, whole] = [readingOf(robustScaler(), rows), readingOf(minMaxScaler(), rows)];
  expect(robust.transform([74.25])[0]).toBeCloseTo(0.5, 1);
  expect(whole.transform([99])[0]).toBeLessThan(1e-6);
});

test("scaler() takes any scaler for a fold, and goes on from its state", () => {
  const [one, two] = [scaler(minMaxScaler()), scaler(minMaxScaler())];
  one.learn(matrix([[1], [3]]));
  two.state = JSON.parse(JSON.stringify(one.state));
  expect(two.reading.max).toEqual([3]);
  expect(toRows(two.transform(matrix([[2]])))).toEqual([[0.5]]);
  expect([...two.inverse([0.5])]).toEqual([2]);
  two.learn([5]);
  expect([...two.transform([2])]).toEqual([0.25]);
});
