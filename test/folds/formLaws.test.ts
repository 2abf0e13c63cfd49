import { expect, test } from "vitest";
import { accuracy } from "../../src/folds/accuracy.ts";
import { auc } from "../../src/folds/auc.ts";
import { balancedAccuracy } from "../../src/folds/balancedAccuracy.ts";
import { brier } from "../../src/folds/brier.ts";
import { calibrationError } from "../../src/folds/calibrationError.ts";
import { classBalance } from "../../src/folds/classBalance.ts";
import { cohenKappa } from "../../src/folds/cohenKappa.ts";
import { confusionMatrix } from "../../src/folds/confusionMatrix.ts";
import { exponentialMean } from "../../src/folds/exponentialMean.ts";
import { exponentialScaler } from "../../src/folds/exponentialScaler.ts";
import { fading } from "../../src/folds/fading.ts";
import { fBeta } from "../../src/folds/fBeta.ts";
import { geometricMean } from "../../src/folds/geometricMean.ts";
import { horizonMetric } from "../../src/folds/horizonMetric.ts";
import { kappaM } from "../../src/folds/kappaM.ts";
import { kappaTemporal } from "../../src/folds/kappaTemporal.ts";
import { lag } from "../../src/folds/lag.ts";
import { lastRows } from "../../src/folds/lastRows.ts";
import { logLoss } from "../../src/folds/logLoss.ts";
import { mae } from "../../src/folds/mae.ts";
import { mape } from "../../src/folds/mape.ts";
import { matthewsCorrelation } from "../../src/folds/matthewsCorrelation.ts";
import { maxAbsScaler } from "../../src/folds/maxAbsScaler.ts";
import { mean } from "../../src/folds/mean.ts";
import { minMaxScaler } from "../../src/folds/minMaxScaler.ts";
import { noChange } from "../../src/folds/noChange.ts";
import { over } from "../../src/folds/over.ts";
import { perKey } from "../../src/folds/perKey.ts";
import { pinballScore } from "../../src/folds/pinballScore.ts";
import { prAuc } from "../../src/folds/prAuc.ts";
import { precision } from "../../src/folds/precision.ts";
import { priorClass } from "../../src/folds/priorClass.ts";
import { r2 } from "../../src/folds/r2.ts";
import { recall } from "../../src/folds/recall.ts";
import { rmse } from "../../src/folds/rmse.ts";
import { robustScaler } from "../../src/folds/robustScaler.ts";
import { rollingScaler } from "../../src/folds/rollingScaler.ts";
import { runningMean } from "../../src/folds/runningMean.ts";
import type { Scored } from "../../src/folds/scored.ts";
import { smape } from "../../src/folds/smape.ts";
import { timeWindow } from "../../src/folds/timeWindow.ts";
import { together } from "../../src/folds/together.ts";
import { withBaselines } from "../../src/folds/withBaselines.ts";
import type { Fold } from "../../src/math/fold.ts";
import { type Matrix, matrix, toRows } from "../../src/math/matrix.ts";
import { type Random, random } from "../../src/math/random.ts";
import { foldLaws } from "../laws/fold.ts";
import { average, binary, classes, indices, ones, type Row, regression, rowsOf, sum } from "./items.ts";

// forms of folds, written naively

const alpha = 0.9;

/** The item that came k items ago with α to the k as its weight. */
const faded = (all: readonly Scored[]): Scored[] =>
  all.map(({ prediction, target, weight }, i) => ({
    prediction,
    target,
    weight: matrix(
      toRows(prediction).map((_, k) => [alpha ** (all.length - 1 - i) * (weight ? weight.data[k]! : 1)]),
    ),
  }));

const all = <Item, Reading, State>(f: Fold<Item, Reading, State>, items: readonly Item[]): Reading =>
  f.read(items.reduce((state, item) => f.step(state, item), f.init()));

type NamedMetric = [name: string, fold: () => Fold<Scored, number>, item: (rng: Random) => Scored];

/** Every metric that keeps nothing but sums. */
const metrics: readonly NamedMetric[] = [
  ["accuracy()", accuracy, binary],
  ["balancedAccuracy()", balancedAccuracy, indices],
  ["precision()", precision, binary],
  ['recall({ average: "macro" })', () => recall({ average: "macro" }), classes],
  ["fBeta(1)", fBeta, binary],
  ["matthewsCorrelation()", matthewsCorrelation, indices],
  ["cohenKappa()", cohenKappa, classes],
  ["kappaTemporal()", kappaTemporal, indices],
  ["geometricMean()", geometricMean, indices],
  ["logLoss()", logLoss, classes],
  ["brier()", brier, classes],
  ["calibrationError()", calibrationError, classes],
  ["auc({ bins: 5 })", () => auc({ bins: 5 }), binary],
  ["prAuc({ bins: 5 })", () => prAuc({ bins: 5 }), binary],
  ["mae()", mae, regression],
  ["rmse()", rmse, regression],
  ["mape()", mape, regression],
  ["smape()", smape, regression],
  ["r2()", r2, regression],
  ["pinballScore(0.9)", () => pinballScore(0.9), regression],
];
for (const [name, fold, item] of metrics)
  foldLaws(`fading(0.9, ${name})`, {
    fold: () => fading(alpha, fold()),
    item,
    brute: (items) => all(fold(), faded(items)),
  });
foldLaws("fading(0.9, confusionMatrix())", {
  fold: () => fading(alpha, confusionMatrix()),
  item: indices,
  brute: (items) => all(confusionMatrix(), faded(items)),
});
foldLaws("fading(0.9, mean())", {
  fold: () => fading(alpha, mean()),
  item: (rng) => rng.normal(),
  brute: (items) =>
    sum(items.map((x, i) => x * alpha ** (items.length - i))) /
    sum(items.map((_, i) => alpha ** (items.length - i))),
});
foldLaws("fading(0.9, kappaM())", {
  fold: () => fading(alpha, kappaM()),
  item: classes,
  brute: (items) => {
    const argmax = (v: readonly number[]) => v.indexOf(Math.max(...v));
    const rows = items.flatMap((item, at) => rowsOf([item]).map((row) => ({ ...row, at })));
    const counted = (upTo: readonly (Row & { at: number })[], now: number) =>
      [0, 1, 2].map((k) =>
        sum(upTo.filter(({ t }) => argmax(t) === k).map(({ w, at }) => w * alpha ** (now - at))),
      );
    const weights = rows.map(({ w, at }, i) => (i === 0 ? 0 : w * alpha ** (items.length - at)));
    const total = (which: (row: Row & { at: number }, i: number) => boolean) =>
      sum(rows.map((row, i) => (i > 0 && which(row, i) ? weights[i]! : 0)));
    const right = total(({ p, t }) => argmax(p) === argmax(t));
    const majority = total(({ t, at }, i) => argmax(counted(rows.slice(0, i), at)) === argmax(t));
    return (right - majority) / (sum(weights) - majority);
  },
});

interface Timed {
  readonly at: number;
  readonly x: number;
}
/** Goes on from stream to stream, as time does. */
const clock = { now: 0 };
const timed = (rng: Random): Timed => {
  clock.now += rng.below(4);
  return { at: clock.now - (rng.uniform() < 0.3 ? rng.below(12) : 0), x: rng.normal() };
};
/** Those of the last 10 ms, in order of time. */
const recent = (items: readonly Timed[], most: number) => {
  const latest = Math.max(...items.map(({ at }) => at));
  return items
    .filter(({ at }) => at > latest - 10)
    .sort((a, b) => a.at - b.at)
    .slice(-most)
    .map(({ x }) => x);
};
const time = ({ at }: Timed) => at;
const value = ({ x }: Timed) => x;
for (const most of [10_000, 4]) {
  const options = { time, maxItems: most };
  foldLaws(`timeWindow(10, mean(), { maxItems: ${most} })`, {
    fold: () => timeWindow(10, over(value, mean()), options),
    item: timed,
    brute: (items) => average(recent(items, most)),
  });
  foldLaws(`timeWindow(10, exponentialMean(0.3), { maxItems: ${most} })`, {
    fold: () => timeWindow(10, over(value, exponentialMean(0.3)), options),
    item: timed,
    brute: (items) => {
      const xs = recent(items, most);
      return xs.length > 0 ? xs.reduce((m, x) => m + 0.3 * (x - m)) : Number.NaN;
    },
  });
}

const ordered: readonly NamedMetric[] = [
  ...metrics,
  ["kappaM()", kappaM, indices],
  ["auc()", () => auc(), binary],
  ["prAuc({ window: 5 })", () => prAuc({ window: 5 }), binary],
];
for (const most of [10_000, 4])
  test.each(ordered)(
    `timeWindow(10, %s, { maxItems: ${most} }) equals it on what came last`,
    (_, fold, item) => {
      const rng = random(7);
      const window = timeWindow(10, fold(), { time: ({ at }: { at: number }) => at, maxItems: most });
      const items: (Scored & { at: number })[] = [];
      let state = window.init();
      for (let i = 0, now = 0; i < 120; i++) {
        now += rng.below(4);
        const late = rng.uniform() < 0.3 ? rng.below(12) : 0;
        items.push({ ...item(rng), at: now - late });
        state = window.step(state, items.at(-1)!);
        const latest = Math.max(...items.map(({ at }) => at));
        const kept = items.filter(({ at }) => at > latest - 10).sort((a, b) => a.at - b.at);
        const [said, expected] = [window.read(state), all(fold(), kept.slice(-most))];
        if (
          !Object.is(said, expected) &&
          !(Math.abs(said - expected) <= 1e-12 * Math.max(1, Math.abs(expected)))
        )
          expect.fail(`item ${i}: expected ${said} to be ${expected}`);
      }
    },
  );

foldLaws("together({ accuracy, kappaTemporal })", {
  fold: () => together({ accuracy: accuracy(), kappa: kappaTemporal() }),
  item: binary,
  ones,
  brute: (items) => ({ accuracy: all(accuracy(), items), kappa: all(kappaTemporal(), items) }),
});
foldLaws("together({ mean, exponentialMean })", {
  fold: () => together({ mean: mean(), recent: exponentialMean(0.3) }),
  item: (rng) => rng.normal(),
  brute: (items) => ({ mean: average(items), recent: all(exponentialMean(0.3), items) }),
});

// baselines

const asRow = ({ p, t }: Row) => (p.length > t.length ? p.map((_, k) => Number(t[0] === k)) : t);
const lastOf = (rows: readonly Row[]) => asRow(rows.at(-1)!);
const meanOf = (rows: readonly Row[]) =>
  asRow(rows[0]!).map((_, j) => sum(rows.map((row) => row.w * asRow(row)[j]!)) / sum(rows.map(({ w }) => w)));
const unlessNone = (f: (rows: readonly Row[]) => number[]) => (items: readonly Scored[]) =>
  items.length > 0 ? f(rowsOf(items)) : [];

for (const [kind, item] of Object.entries({ binary, classes, indices })) {
  foldLaws(`noChange() of ${kind}`, { fold: noChange, item, ones, brute: unlessNone(lastOf) });
  foldLaws(`priorClass() of ${kind}`, { fold: priorClass, item, ones, brute: unlessNone(meanOf) });
}
foldLaws("runningMean()", { fold: runningMean, item: regression, ones, brute: unlessNone(meanOf) });

/** The rows from the second on, one by one, as a baseline would have predicted them. */
const predictedBy = (say: (rows: readonly Row[]) => number[], items: readonly Scored[]): Scored[] => {
  const rows = rowsOf(items);
  return rows.slice(1).map(({ t, w }, i) => ({
    prediction: matrix([say(rows.slice(0, i + 1))]),
    target: matrix([t]),
    weight: matrix([[w]]),
  }));
};
for (const [kind, item] of Object.entries({ binary, classes, indices }))
  foldLaws(`withBaselines(accuracy()) of ${kind}`, {
    fold: () => withBaselines(accuracy()),
    item,
    ones,
    brute: (items) => ({
      model: all(accuracy(), items.flatMap(ones).slice(1)),
      noChange: all(accuracy(), predictedBy(lastOf, items)),
      prior: all(accuracy(), predictedBy(meanOf, items)),
    }),
  });
foldLaws('withBaselines(mae(), { beside: "mean" })', {
  fold: () => withBaselines(mae(), { beside: "mean" }),
  item: regression,
  ones,
  brute: (items) => ({
    model: all(mae(), items.flatMap(ones).slice(1)),
    noChange: all(mae(), predictedBy(lastOf, items)),
    mean: all(mae(), predictedBy(meanOf, items)),
  }),
});

// scalers

const table = (rng: Random): Matrix =>
  matrix(Array.from({ length: 1 + rng.below(3) }, () => [rng.normal(), 100 + rng.below(64) / 8, 7]));
const rowByRow = (m: Matrix | ArrayLike<number>) => toRows(m as Matrix).map((row) => matrix([row]));
const probe = [1, 2, 3];

const scalerLaws = (
  name: string,
  fold: () => Fold<
    Matrix | ArrayLike<number>,
    { transform: (x: number[]) => Float64Array; inverse: (x: number[]) => Float64Array }
  >,
  center: (column: number[]) => number,
  scale: (column: number[]) => number,
  { window = Number.POSITIVE_INFINITY } = {},
) =>
  foldLaws(name, {
    fold,
    item: table,
    ones: rowByRow,
    view: ({ transform, inverse }) => ({ z: [...transform(probe)], back: [...inverse(probe)] }),
    brute: (items) => {
      const rows = items.flatMap((m) => toRows(m as Matrix)).slice(-window);
      const columns = probe.map((_, j) => rows.map((row) => row[j]!));
      const zero = (s: number) => Math.abs(s) < 1e-9;
      return {
        z: probe.map((x, j) => {
          const s = scale(columns[j]!);
          return rows.length === 0 ? x : zero(s) ? 0 : (x - center(columns[j]!)) / s;
        }),
        back: probe.map((z, j) => (rows.length === 0 ? z : z * scale(columns[j]!) + center(columns[j]!))),
      };
    },
  });

const fadingWeights = (n: number) =>
  Array.from({ length: n }, (_, i) => (i === 0 ? 1 : 0.1) * 0.9 ** (n - 1 - i));
const fadingMean = (xs: number[], w = fadingWeights(xs.length)) => sum(xs.map((x, i) => x * w[i]!));
const fadingDeviation = (xs: number[]) => {
  const [w, m] = [fadingWeights(xs.length), fadingMean(xs)];
  return Math.sqrt(sum(xs.map((x, i) => w[i]! * (x - m) ** 2)));
};
const deviation = (xs: number[]) => Math.sqrt(average(xs.map((x) => (x - average(xs)) ** 2)));
const quantile = (xs: number[], q: number) => {
  const sorted = [...xs].sort((a, b) => a - b);
  const at = q * (xs.length - 1);
  const [low, high] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return low * (1 - (at % 1)) + high * (at % 1);
};
const spread = (xs: number[]) => quantile(xs, 0.75) - quantile(xs, 0.25);
const median = (xs: number[]) => quantile(xs, 0.5);

for (const [name, options, keep, max] of [
  ["classBalance()", {}, 1, Number.POSITIVE_INFINITY],
  ["classBalance({ forgetting: 0.1, max: 3 })", { forgetting: 0.1, max: 3 }, 0.9, 3],
] as const)
  foldLaws(name, {
    fold: () => classBalance(options),
    item: (rng): number | Matrix =>
      rng.uniform() < 0.3 ? rng.below(3) : matrix([[rng.below(3)], [Math.floor(3 * rng.uniform() ** 3)]]),
    ones: (item) => (typeof item === "number" ? [item] : toRows(item).map(([c]) => c!)),
    brute: (items) => {
      const rows = items.flatMap((item) =>
        typeof item === "number" ? [item] : toRows(item).map(([c]) => c!),
      );
      const classes = [...new Set(rows)].sort();
      const left = rows.map((_, i) => keep ** (rows.length - 1 - i));
      const counts = classes.map((c) => sum(left.filter((_, i) => rows[i] === c)));
      const weight = (n: number) => Math.min(max, Math.max(1, sum(left)) / (classes.length * Math.max(1, n)));
      return {
        count: rows.length,
        counts: Object.fromEntries(classes.map((c, j) => [c, counts[j]!])),
        weights: Object.fromEntries(classes.map((c, j) => [c, weight(counts[j]!)])),
      };
    },
  });

scalerLaws(
  "exponentialScaler(0.1)",
  () => exponentialScaler(0.1),
  (xs) => fadingMean(xs),
  fadingDeviation,
);
scalerLaws(
  "minMaxScaler()",
  minMaxScaler,
  (xs) => Math.min(...xs),
  (xs) => Math.max(...xs) - Math.min(...xs),
);
scalerLaws(
  "maxAbsScaler()",
  maxAbsScaler,
  () => 0,
  (xs) => Math.max(...xs.map(Math.abs)),
);
scalerLaws("robustScaler()", robustScaler, median, spread);
scalerLaws("robustScaler({ window: 9 })", () => robustScaler({ window: 9 }), median, spread, { window: 9 });
scalerLaws("rollingScaler(9)", () => rollingScaler(9), average, deviation, { window: 9 });

// windows and sequences

const number = (rng: Random) => Math.round(100 * rng.normal()) / 10;

foldLaws("lag(2)", { fold: () => lag<number>(2), item: number, brute: (all) => all.at(-3) });
foldLaws("lag([3, 1], { of, missing })", {
  fold: () => lag([3, 1], { of: (x: number) => 2 * x, missing: 0 }),
  item: number,
  brute: (all) => [3, 1].map((n) => 2 * (all.at(-1 - n) ?? 0)),
});
foldLaws("lastRows(3)", {
  fold: () => lastRows(3),
  item: (rng) => [number(rng), number(rng)],
  view: (row) => [...row],
  brute: (all) =>
    all.length === 0
      ? []
      : [...Array(6).fill(0), ...all.slice(-3).flatMap((row) => Array.from(row))].slice(-6),
});

interface Event {
  readonly key: string | number;
  readonly value: number;
  readonly at: number;
}

const event = (rng: Random): Event => ({
  key: rng.uniform() < 0.5 ? rng.below(9) : `k${rng.below(9)}`,
  value: number(rng),
  at: rng.below(1000),
});

/** Looks at every key at every item; `at` is when the item comes, or how many came before. */
const naiveKeys = (
  events: readonly Event[],
  { maxKeys, idle, moment }: { maxKeys: number; idle: number; moment?: (e: Event) => number },
) => {
  let kept: { key: Event["key"]; values: number[]; at: number }[] = []; // the one used last stands last
  let evicted = 0;
  let clock = Number.NEGATIVE_INFINITY;
  events.forEach((e, i) => {
    clock = moment ? Math.max(clock, moment(e)) : i;
    const awake = kept.filter(({ at }) => clock - at < idle);
    const own = awake.find(({ key }) => key === e.key) ?? { key: e.key, values: [], at: 0 };
    const others = awake.filter((one) => one !== own);
    const room = others.slice(Math.max(0, others.length - maxKeys + 1));
    evicted += kept.length - awake.length + others.length - room.length;
    kept = [...room, { ...own, values: [...own.values, e.value], at: moment ? clock : i + 1 }];
  });
  const { key, values } = kept.at(-1) ?? { key: undefined, values: [] };
  return { key, reading: average(values), keys: kept.length, evicted };
};

for (const options of [
  { maxKeys: 4, idle: Number.POSITIVE_INFINITY },
  { maxKeys: 1, idle: 3 },
  { maxKeys: 100, idle: 5 },
  { maxKeys: 7, idle: 40, moment: (e: Event) => e.at },
])
  foldLaws(`perKey(key, mean, ${JSON.stringify(options)})`, {
    fold: () =>
      perKey(
        (e: Event) => e.key,
        over((e: Event) => e.value, mean()),
        options,
      ),
    item: event,
    brute: (events) => naiveKeys(events, options),
  });

foldLaws("horizonMetric(3, mae(), { grace: 4 })", {
  fold: () => horizonMetric(3, mae(), { grace: 4 }),
  item: (rng) => ({ y: number(rng), forecast: [number(rng), number(rng), number(rng)] }),
  brute: (items) => {
    const each = [1, 2, 3].map((j) =>
      average(items.slice(4 + j).map(({ y }, i) => Math.abs(y - items[4 + i]!.forecast[j - 1]!))),
    );
    return { each, mean: average(each) };
  },
});
