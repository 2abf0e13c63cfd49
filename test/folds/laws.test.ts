import { accuracy } from "../../src/folds/accuracy.ts";
import { adwin } from "../../src/folds/adwin.ts";
import { auc } from "../../src/folds/auc.ts";
import { champion } from "../../src/folds/champion.ts";
import { confusionMatrix } from "../../src/folds/confusionMatrix.ts";
import { cusum } from "../../src/folds/cusum.ts";
import { ddm } from "../../src/folds/ddm.ts";
import { divergence } from "../../src/folds/divergence.ts";
import { eddm } from "../../src/folds/eddm.ts";
import { exponentialMean } from "../../src/folds/exponentialMean.ts";
import { exponentialVariance } from "../../src/folds/exponentialVariance.ts";
import { exponentialWeights } from "../../src/folds/exponentialWeights.ts";
import { hddmA } from "../../src/folds/hddmA.ts";
import { hddmW } from "../../src/folds/hddmW.ts";
import { kswin } from "../../src/folds/kswin.ts";
import { logLoss } from "../../src/folds/logLoss.ts";
import { mae } from "../../src/folds/mae.ts";
import { mean } from "../../src/folds/mean.ts";
import { over } from "../../src/folds/over.ts";
import { pageHinkley } from "../../src/folds/pageHinkley.ts";
import { promotion } from "../../src/folds/promotion.ts";
import { r2 } from "../../src/folds/r2.ts";
import { rmse } from "../../src/folds/rmse.ts";
import { rolling } from "../../src/folds/rolling.ts";
import type { Scored } from "../../src/folds/scored.ts";
import { standardScaler } from "../../src/folds/standardScaler.ts";
import { variance } from "../../src/folds/variance.ts";
import { type Matrix, matrix, toRows } from "../../src/math/matrix.ts";
import type { Random } from "../../src/math/random.ts";
import { foldLaws } from "../laws/fold.ts";
import {
  naiveAdaHedge,
  naiveChampion,
  naivePromotion,
  naiveShares,
  naiveWeights,
} from "../laws/naiveCombination.ts";
import { naive } from "../laws/naiveDrift.ts";
import {
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
  rows,
  rowsOf,
  sum,
} from "./items.ts";

// what the folds are given

const number = (rng: Random) => 3 + 2 * rng.normal();

// readings, written naively

const spread = (all: readonly number[], ddof = 0) => {
  const m = average(all);
  const v = all.length > ddof ? sum(all.map((x) => (x - m) ** 2)) / (all.length - ddof) : Number.NaN;
  return { count: all.length, mean: m, variance: v, deviation: Math.sqrt(v) };
};

/** The newest weighs α, the one before α·(1 − α), …, and the first all that is left. */
const fading = (all: readonly number[], alpha: number) => {
  const n = all.length;
  const w = all.map((_, i) => (i === 0 ? 1 : alpha) * (1 - alpha) ** (n - 1 - i));
  const m = n > 0 ? sum(all.map((x, i) => w[i]! * x)) : Number.NaN;
  const v = n > 0 ? sum(all.map((x, i) => w[i]! * (x - m) ** 2)) : Number.NaN;
  return { count: n, mean: m, variance: v, deviation: Math.sqrt(v) };
};

const surprise = ({ p, t }: Row) =>
  p.length === 1
    ? -Math.log(Math.min(Math.max(t[0] === 1 ? p[0]! : 1 - p[0]!, 1e-15), 1 - 1e-15))
    : -Math.log(p[classOf(t, 3)]!);

const confusion = (n: number, width: number) => (all: readonly Scored[]) => {
  const table = Array.from({ length: n }, (_, t) =>
    Array.from({ length: n }, (_, p) =>
      sum(
        rowsOf(all)
          .filter((row) => classOf(row.t, width) === t && classOf(row.p, width) === p)
          .map(({ w }) => w),
      ),
    ),
  );
  const column = (k: number) => sum(table.map((row) => row[k]!));
  const precision = table.map((row, k) => row[k]! / column(k));
  const recall = table.map((row, k) => row[k]! / sum(row));
  const f1 = table.map((row, k) => (2 * row[k]!) / (column(k) + sum(row)));
  return { matrix: matrix(table), precision, recall, f1 };
};

/** Every positive row against every negative one. */
const mannWhitney = (all: readonly Scored[], score = (p: number) => p, window = Number.POSITIVE_INFINITY) => {
  const last = rowsOf(all).slice(-window);
  const positives = last.filter(({ t }) => t[0] === 1);
  const negatives = last.filter(({ t }) => t[0] === 0);
  let won = 0;
  let pairs = 0;
  for (const a of positives)
    for (const b of negatives) {
      const d = score(a.p[0]!) - score(b.p[0]!);
      won += a.w * b.w * (d > 0 ? 1 : d === 0 ? 0.5 : 0);
      pairs += a.w * b.w;
    }
  return won / pairs;
};

const determination = (all: readonly Scored[]) => {
  const each = rowsOf(all);
  if (each.length < 2) return Number.NaN;
  return average(
    [0, 1].map((j) => {
      if (each.every(({ t }) => t[j] === each[0]!.t[j])) return 0;
      const m = sum(each.map(({ t, w }) => w * t[j]!)) / sum(each.map(({ w }) => w));
      return (
        1 -
        sum(each.map(({ p, t, w }) => w * (t[j]! - p[j]!) ** 2)) /
          sum(each.map(({ t, w }) => w * (t[j]! - m) ** 2))
      );
    }),
  );
};

const table = (rng: Random): Matrix =>
  matrix(Array.from({ length: rows(rng) }, () => [rng.normal(), 100 + rng.uniform(), 7]));

const probe = [1, 2, 3];

// the list: to add a fold is to add a line

foldLaws("mean()", { fold: mean, item: number, brute: average });
foldLaws("variance()", { fold: variance, item: number, brute: (all) => spread(all) });
foldLaws("variance({ ddof: 1 })", {
  fold: () => variance({ ddof: 1 }),
  item: number,
  brute: (all) => spread(all, 1),
});
foldLaws("exponentialMean(0.1)", {
  fold: () => exponentialMean(0.1),
  item: number,
  brute: (all) => fading(all, 0.1).mean,
});
foldLaws("exponentialMean({ halfLife: 5 })", {
  fold: () => exponentialMean({ halfLife: 5 }),
  item: number,
  brute: (all) => fading(all, 1 - 0.5 ** (1 / 5)).mean,
});
foldLaws("exponentialVariance(0.1)", {
  fold: () => exponentialVariance(0.1),
  item: number,
  brute: (all) => fading(all, 0.1),
});
foldLaws("divergence({ factor: 2, warmup: 3, patience: 2, forgetting: 0.2 })", {
  fold: () => divergence({ factor: 2, warmup: 3, patience: 2, forgetting: 0.2 }),
  item: (rng) =>
    rng.uniform() < 0.3 ? (rng.uniform() < 0.3 ? Number.NaN : 50 * rng.uniform()) : 1 + rng.uniform(),
  brute: (all) => {
    let taken: number[] = [];
    let [refused, inARow] = [0, 0];
    const limit = () => {
      const { mean, deviation } = fading(taken, 0.2);
      return taken.length < 3 ? Number.POSITIVE_INFINITY : mean + 2 * (Math.abs(mean) + deviation);
    };
    for (const loss of all) {
      if (inARow === 2) [taken, inARow] = [[], 0];
      const good = Number.isFinite(loss) && loss <= limit();
      if (good) taken = [...taken, loss];
      else refused++;
      inARow = good ? 0 : inARow + 1;
    }
    const { mean, deviation } = fading(taken, 0.2);
    return { diverged: inARow > 0, mean, deviation, limit: limit(), refused, inARow };
  },
});
foldLaws("over(select, mean())", {
  fold: () => over((item: { loss: number }) => item.loss, mean()),
  item: (rng) => ({ loss: number(rng) }),
  brute: (all) => average(all.map(({ loss }) => loss)),
});
foldLaws("over(select, exponentialMean(0.1))", {
  fold: () => over((item: { loss: number }) => item.loss, exponentialMean(0.1)),
  item: (rng) => ({ loss: number(rng) }),
  brute: (all) =>
    fading(
      all.map(({ loss }) => loss),
      0.1,
    ).mean,
});
foldLaws("rolling(5, mean())", {
  fold: () => rolling(5, mean()),
  item: number,
  brute: (all) => average(all.slice(-5)),
});
foldLaws("rolling(5, exponentialMean(0.1))", {
  fold: () => rolling(5, exponentialMean(0.1)),
  item: number,
  brute: (all) => fading(all.slice(-5), 0.1).mean,
});
foldLaws("accuracy() of one column", { fold: accuracy, item: binary, ones, brute: overRows(hit) });
foldLaws("accuracy() of one-hot rows", { fold: accuracy, item: classes, ones, brute: overRows(hit) });
foldLaws("accuracy() of class indices", { fold: accuracy, item: indices, ones, brute: overRows(hit) });
foldLaws("logLoss() of one column", { fold: logLoss, item: binary, ones, brute: overRows(surprise) });
foldLaws("logLoss() of one-hot rows", { fold: logLoss, item: classes, ones, brute: overRows(surprise) });
foldLaws("logLoss() of class indices", { fold: logLoss, item: indices, ones, brute: overRows(surprise) });
foldLaws("confusionMatrix({ classes: 2 })", {
  fold: () => confusionMatrix({ classes: 2 }),
  item: binary,
  ones,
  brute: confusion(2, 1),
});
foldLaws("confusionMatrix()", {
  fold: confusionMatrix,
  item: indices,
  ones,
  brute: (all) => confusion(all.length > 0 ? 3 : 0, 3)(all),
});
foldLaws("auc()", { fold: () => auc(), item: binary, ones, brute: (all) => mannWhitney(all) });
foldLaws("auc({ window: 40 })", {
  fold: () => auc({ window: 40 }),
  item: binary,
  ones,
  brute: (all) => mannWhitney(all, (p) => p, 40),
});
foldLaws("auc({ bins: 8 })", {
  fold: () => auc({ bins: 8 }),
  item: binary,
  ones,
  brute: (all) => mannWhitney(all, (p) => Math.min(7, Math.floor(p * 8))),
});
foldLaws("mae()", {
  fold: mae,
  item: regression,
  ones,
  brute: overRows(({ p, t }) => average(p.map((v, j) => Math.abs(v - t[j]!)))),
});
foldLaws("rmse()", {
  fold: rmse,
  item: regression,
  ones,
  brute: (all) => Math.sqrt(overRows(({ p, t }) => average(p.map((v, j) => (v - t[j]!) ** 2)))(all)),
});
foldLaws("r2()", { fold: r2, item: regression, ones, brute: determination });
foldLaws("standardScaler(3)", {
  fold: () => standardScaler(3),
  item: table,
  ones: (m) => toRows(m as Matrix).map((row) => matrix([row])),
  view: ({ count, mean, deviation, transform, inverse }) => ({
    count,
    mean,
    deviation,
    z: [...transform(probe)],
    back: [...inverse(probe)],
  }),
  brute: (all) => {
    const each = all.flatMap((m) => toRows(m as Matrix));
    const columns = probe.map((_, j) => spread(each.map((row) => row[j]!)));
    const seen = each.length > 0;
    return {
      count: each.length,
      mean: columns.map((c) => c.mean),
      deviation: columns.map((c) => c.deviation),
      z: probe.map((x, j) => {
        const { mean: m, deviation: s } = columns[j]!;
        return !seen ? x : s > 0 ? (x - m) / s : 0;
      }),
      back: probe.map((x, j) => (seen ? x * columns[j]!.deviation + columns[j]!.mean : x)),
    };
  },
});

// combinations of learners, of which the last fails when its loss is above 0.99

const three = (rng: Random) => {
  const last = rng.uniform();
  return [rng.uniform(), rng.uniform() ** 2, last > 0.99 ? Number.NaN : last];
};
const two = (rng: Random) => [rng.uniform(), rng.uniform()];

foldLaws("exponentialWeights(3, { eta, fading })", {
  fold: () => exponentialWeights(3, { eta: 0.7, fading: 0.9 }),
  item: three,
  brute: naiveWeights({ eta: () => 0.7, fading: 0.9 }),
});
foldLaws("exponentialWeights(3, { eta, share })", {
  fold: () => exponentialWeights(3, { eta: 2, share: 0.1 }),
  item: three,
  brute: naiveShares(2, 0.1),
});
foldLaws("exponentialWeights(2)", {
  fold: () => exponentialWeights(2),
  item: two,
  brute: naiveAdaHedge,
});
foldLaws("champion(3, { fading, margin, patience })", {
  fold: () => champion(3, { fading: 0.8, margin: 0.1, patience: 3 }),
  item: three,
  brute: naiveChampion({ fading: 0.8, margin: 0.1, patience: 3 }),
});
for (const better of ["lower", "higher"] as const)
  foldLaws(`promotion({ margin, patience, probation, better: "${better}" })`, {
    fold: () => promotion({ margin: 0.1, patience: 2, probation: 4, better }),
    item: (rng) => {
      const [champion, challenger] = [1, 2].map(() => (rng.uniform() < 0.1 ? Number.NaN : 1 + rng.uniform()));
      return { champion: champion!, challenger: challenger! };
    },
    brute: naivePromotion({ margin: 0.1, patience: 2, probation: 4, better }),
  });

// drift detectors, so jumpy that noise is drift

const error = (rng: Random) => rng.below(2);

foldLaws("adwin()", {
  fold: () => adwin({ delta: 0.9, clock: 3, maxBuckets: 2, minWindow: 1 }),
  item: error,
  brute: naive.adwin({ delta: 0.9, clock: 3, maxBuckets: 2 }),
});
foldLaws("kswin()", {
  fold: () => kswin({ alpha: 0.3, window: 12, recent: 5, seed: 3 }),
  item: number,
  brute: naive.kswin({ alpha: 0.3, window: 12, recent: 5, seed: 3 }),
});
foldLaws("pageHinkley()", {
  fold: () => pageHinkley({ minItems: 4, delta: 0.1, threshold: 4, alpha: 0.95 }),
  item: number,
  brute: naive.pageHinkley({ minItems: 4, delta: 0.1, threshold: 4, alpha: 0.95 }),
});
foldLaws("cusum()", {
  fold: () => cusum({ warmup: 5, threshold: 3 }),
  item: number,
  brute: naive.cusum({ warmup: 5, slack: 0.5, threshold: 3 }),
});
foldLaws("ddm()", {
  fold: () => ddm({ minItems: 5, minErrors: 2, warningLevel: 1, driftLevel: 1.3 }),
  item: error,
  brute: naive.ddm({ minItems: 5, minErrors: 2, warningLevel: 1, driftLevel: 1.3 }),
});
foldLaws("eddm()", {
  fold: () => eddm({ minErrors: 4, warningLevel: 0.95, driftLevel: 0.9 }),
  item: error,
  brute: naive.eddm({ minErrors: 4, warningLevel: 0.95, driftLevel: 0.9 }),
});
foldLaws("hddmA()", {
  fold: () => hddmA({ driftConfidence: 0.4, warningConfidence: 0.8, direction: "both" }),
  item: error,
  brute: naive.hddmA({ driftConfidence: 0.4, warningConfidence: 0.8 }),
});
foldLaws("hddmW()", {
  fold: () => hddmW({ driftConfidence: 0.4, warningConfidence: 0.6, lambda: 0.3, direction: "both" }),
  item: error,
  brute: naive.hddmW({ driftConfidence: 0.4, warningConfidence: 0.6, lambda: 0.3 }),
});
