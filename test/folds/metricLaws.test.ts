import { balancedAccuracy } from "../../src/folds/balancedAccuracy.ts";
import { brier } from "../../src/folds/brier.ts";
import { calibrationError } from "../../src/folds/calibrationError.ts";
import { cohenKappa } from "../../src/folds/cohenKappa.ts";
import { fBeta } from "../../src/folds/fBeta.ts";
import { geometricMean } from "../../src/folds/geometricMean.ts";
import { kappaM } from "../../src/folds/kappaM.ts";
import { kappaTemporal } from "../../src/folds/kappaTemporal.ts";
import { mape } from "../../src/folds/mape.ts";
import { matthewsCorrelation } from "../../src/folds/matthewsCorrelation.ts";
import { pinballScore } from "../../src/folds/pinballScore.ts";
import { prAuc } from "../../src/folds/prAuc.ts";
import { precision } from "../../src/folds/precision.ts";
import { recall } from "../../src/folds/recall.ts";
import type { Scored } from "../../src/folds/scored.ts";
import { smape } from "../../src/folds/smape.ts";
import type { Fold } from "../../src/math/fold.ts";
import type { Random } from "../../src/math/random.ts";
import { foldLaws } from "../laws/fold.ts";
import {
  argmax,
  average,
  binary,
  classes,
  classOf,
  hit,
  indices,
  ones,
  overRows,
  type Row,
  regression,
  rowsOf,
  sum,
} from "./items.ts";

// readings, written naively: each from the list of rows, one class at a time

const weightOf = (rows: readonly Row[], which: (row: Row) => boolean) =>
  sum(rows.filter(which).map(({ w }) => w));
const truth = ({ p, t }: Row) => classOf(t, p.length);
const guess = ({ p }: Row) => classOf(p, p.length);
const classCount = (rows: readonly Row[]) => Math.max(2, rows[0]!.p.length);
const range = (n: number) => Array.from({ length: n }, (_, k) => k);

/** Of rows, of which there are some. */
const some = (f: (rows: Row[]) => number) => (all: readonly Scored[]) => {
  const rows = rowsOf(all);
  return rows.length > 0 ? f(rows) : Number.NaN;
};

const recalls = (rows: readonly Row[]) =>
  range(classCount(rows))
    .filter((k) => rows.some((row) => truth(row) === k))
    .map(
      (k) =>
        weightOf(rows, (row) => truth(row) === k && guess(row) === k) /
        weightOf(rows, (row) => truth(row) === k),
    );

type Score = (tp: number, fp: number, fn: number) => number;
const ofClass = (rows: readonly Row[], k: number, score: Score) =>
  score(
    weightOf(rows, (row) => truth(row) === k && guess(row) === k),
    weightOf(rows, (row) => truth(row) !== k && guess(row) === k),
    weightOf(rows, (row) => truth(row) === k && guess(row) !== k),
  );
const positive = (score: Score, k = 1) => some((rows) => ofClass(rows, k, score));
const micro = (score: Score) =>
  some((rows) => {
    const wrong = weightOf(rows, (row) => truth(row) !== guess(row));
    return score(
      weightOf(rows, (row) => truth(row) === guess(row)),
      wrong,
      wrong,
    );
  });
const macro = (score: Score) =>
  some((rows) => {
    const met = range(classCount(rows)).filter((k) =>
      rows.some((row) => truth(row) === k || guess(row) === k),
    );
    return average(met.map((k) => ofClass(rows, k, score) || 0));
  });
const weighted = (score: Score) =>
  some(
    (rows) =>
      sum(rows.map((row) => row.w * (ofClass(rows, truth(row), score) || 0))) / weightOf(rows, () => true),
  );

const share: Record<"precision" | "recall" | "f1" | "f2", Score> = {
  precision: (tp, fp) => tp / (tp + fp),
  recall: (tp, _, fn) => tp / (tp + fn),
  f1: (tp, fp, fn) => tp / (tp + (fp + fn) / 2),
  f2: (tp, fp, fn) => {
    const [p, r] = [tp / (tp + fp), tp / (tp + fn)];
    return tp > 0 ? (5 * p * r) / (4 * p + r) : fp + fn > 0 ? 0 : Number.NaN;
  },
};

/** Pearson's correlation of one-hot predictions and one-hot truths, summed over classes. */
const correlation = some((rows) => {
  const n = weightOf(rows, () => true);
  const cov = (a: (row: Row) => number, b: (row: Row) => number) =>
    sum(
      range(classCount(rows)).map((k) => {
        const [ma, mb] = [a, b].map((f) => weightOf(rows, (row) => f(row) === k) / n) as [number, number];
        return sum(rows.map((row) => row.w * (Number(a(row) === k) - ma) * (Number(b(row) === k) - mb)));
      }),
    );
  const alone = [truth, guess].some((f) => new Set(rows.map(f)).size < 2);
  return alone ? 0 : cov(truth, guess) / Math.sqrt(cov(truth, truth) * cov(guess, guess));
});

const chance = some((rows) => {
  const n = weightOf(rows, () => true);
  const p0 = weightOf(rows, (row) => truth(row) === guess(row)) / n;
  const pe = sum(
    range(classCount(rows)).map(
      (k) =>
        (weightOf(rows, (row) => truth(row) === k) / n) * (weightOf(rows, (row) => guess(row) === k) / n),
    ),
  );
  if (new Set([...rows.map(truth), ...rows.map(guess)]).size < 2) return Number.NaN;
  return (p0 - pe) / (1 - pe);
});

/** Against a baseline that says a class from the rows before. */
const kappaAgainst = (baseline: (before: readonly Row[]) => number) => (all: readonly Scored[]) => {
  const rows = rowsOf(all);
  const scored = rows.slice(1);
  const n = weightOf(scored, () => true);
  const p0 = weightOf(scored, (row) => truth(row) === guess(row));
  const p1 = sum(scored.map((row, i) => (baseline(rows.slice(0, i + 1)) === truth(row) ? row.w : 0)));
  return (p0 - p1) / (n - p1);
};
const before = (rows: readonly Row[]) => truth(rows.at(-1)!);
const majority = (rows: readonly Row[]) =>
  argmax(range(classCount(rows)).map((k) => weightOf(rows, (row) => truth(row) === k)));

const squares = ({ p, t }: Row) =>
  p.length === 1 ? (p[0]! - t[0]!) ** 2 : sum(p.map((v, k) => (v - Number(k === classOf(t, p.length))) ** 2));

const calibration = (bins: number) =>
  some((rows) => {
    const claim = ({ p }: Row) => (p.length === 1 ? p[0]! : Math.max(...p));
    const came = (row: Row) => (row.p.length === 1 ? row.t[0]! : hit(row));
    const inBin = (b: number) =>
      rows.filter((row) => Math.min(bins - 1, Math.floor(claim(row) * bins)) === b);
    const mean = (some: readonly Row[], f: (row: Row) => number) =>
      sum(some.map((row) => row.w * f(row))) / weightOf(some, () => true);
    return (
      sum(
        range(bins)
          .map(inBin)
          .filter((rowsOfBin) => rowsOfBin.length > 0)
          .map((some) => weightOf(some, () => true) * Math.abs(mean(some, claim) - mean(some, came))),
      ) / weightOf(rows, () => true)
    );
  });

/** At every positive row: the precision of all that score as high. */
const averagePrecision =
  (score = (p: number) => p, window = Number.POSITIVE_INFINITY) =>
  (all: readonly Scored[]) => {
    const rows = rowsOf(all).slice(-window);
    const positives = rows.filter(({ t }) => t[0] === 1);
    const precisionAt = (row: Row) => {
      const above = (other: Row) => score(other.p[0]!) >= score(row.p[0]!);
      return weightOf(positives, above) / weightOf(rows, above);
    };
    return sum(positives.map((row) => row.w * precisionAt(row))) / weightOf(positives, () => true);
  };

const percentage = (all: readonly Scored[]) => {
  const cells = rowsOf(all).flatMap(({ p, t, w }) => p.map((v, j) => ({ p: v, t: t[j]!, w })));
  const counted = cells.filter(({ t }) => t !== 0);
  return (
    sum(counted.map(({ p, t, w }) => (w * Math.abs(t - p)) / Math.abs(t))) / sum(counted.map(({ w }) => w))
  );
};

const overCells = (f: (p: number, t: number) => number) =>
  overRows(({ p, t }) => average(p.map((v, j) => f(v, t[j]!))));

// the list

const classified = (
  name: string,
  fold: () => Fold<Scored, number>,
  brute: (all: readonly Scored[]) => number,
  kinds: Readonly<Record<string, (rng: Random) => Scored>> = { binary, classes, indices },
) => {
  for (const [kind, item] of Object.entries(kinds))
    foldLaws(`${name} of ${kind}`, { fold, item, ones, brute });
};

classified(
  "balancedAccuracy()",
  balancedAccuracy,
  some((rows) => average(recalls(rows))),
);
classified(
  "geometricMean()",
  geometricMean,
  some((rows) => Math.exp(average(recalls(rows).map(Math.log)))),
);
classified("matthewsCorrelation()", matthewsCorrelation, correlation);
classified("cohenKappa()", cohenKappa, chance);
classified("kappaTemporal()", kappaTemporal, kappaAgainst(before));
classified("kappaM()", kappaM, kappaAgainst(majority));
classified("precision()", precision, positive(share.precision), { binary });
classified("precision({ positive: 0 })", () => precision({ positive: 0 }), positive(share.precision, 0), {
  binary,
});
classified("recall()", recall, positive(share.recall), { binary });
classified("fBeta(1)", () => fBeta(1), positive(share.f1), { binary });
classified("fBeta(2)", () => fBeta(2), positive(share.f2), { binary });
for (const [average, brute] of Object.entries({ micro, macro, weighted }) as [
  "micro" | "macro" | "weighted",
  typeof micro,
][]) {
  classified(`precision({ average: "${average}" })`, () => precision({ average }), brute(share.precision));
  classified(`recall({ average: "${average}" })`, () => recall({ average }), brute(share.recall));
  classified(`fBeta(2, { average: "${average}" })`, () => fBeta(2, { average }), brute(share.f2));
}
classified("brier()", brier, overRows(squares));
classified("calibrationError()", calibrationError, calibration(10));
classified("calibrationError({ bins: 4 })", () => calibrationError({ bins: 4 }), calibration(4));
classified("prAuc()", () => prAuc(), averagePrecision(), { binary });
classified(
  "prAuc({ window: 40 })",
  () => prAuc({ window: 40 }),
  averagePrecision((p) => p, 40),
  { binary },
);
classified(
  "prAuc({ bins: 8 })",
  () => prAuc({ bins: 8 }),
  averagePrecision((p) => Math.min(7, Math.floor(p * 8))),
  { binary },
);
classified("mape()", mape, percentage, { regression });
classified(
  "smape()",
  smape,
  overCells((p, t) => (2 * Math.abs(t - p)) / (Math.abs(t) + Math.abs(p))),
  { regression },
);
classified(
  "pinballScore(0.9)",
  () => pinballScore(0.9),
  overCells((p, t) => Math.max(0.9 * (t - p), 0.1 * (p - t))),
  { regression },
);
