import { conformalInterval } from "../../src/folds/conformalInterval.ts";
import { conformalSet } from "../../src/folds/conformalSet.ts";
import { expectedAccuracy } from "../../src/folds/expectedAccuracy.ts";
import { platt } from "../../src/folds/platt.ts";
import type { Scored } from "../../src/folds/scored.ts";
import { temperature } from "../../src/folds/temperature.ts";
import { matrix, toRows } from "../../src/math/matrix.ts";
import { foldLaws } from "../laws/fold.ts";
import {
  average,
  binary,
  classes,
  classOf,
  indices,
  ones,
  overRows,
  type Row,
  regression,
  rowsOf,
  sum,
} from "./items.ts";

// adaptive conformal inference, written naively: every quantile from a fresh sort

const options = { coverage: 0.7, gamma: 0.05, window: 20 };

interface Judged {
  readonly missed: number;
  readonly threshold: number;
  readonly w: number;
}

const smallest = (scores: readonly number[], alpha: number) => {
  const k = Math.ceil((scores.length + 1) * (1 - alpha));
  return k < 1 ? -Infinity : ([...scores].sort((a, b) => a - b)[k - 1] ?? Infinity);
};

/** What became of the scores of batches, one after the other. */
const adapted = (batches: readonly { s: number; w: number }[][]) => {
  const scores: number[] = [];
  const judged: Judged[] = [];
  let alpha = 1 - options.coverage;
  for (const batch of batches) {
    const threshold = smallest(scores.slice(-options.window), alpha);
    for (const { s, w } of batch) {
      scores.push(s);
      judged.push({ missed: s > threshold ? w : 0, threshold, w });
    }
    alpha += options.gamma * sum(batch.map(({ s, w }) => w * (1 - options.coverage - Number(s > threshold))));
  }
  return { alpha, threshold: smallest(scores.slice(-options.window), alpha), judged };
};

foldLaws("conformalInterval()", {
  fold: () => conformalInterval(options),
  item: regression,
  brute: (items) => {
    const columns = (items.length > 0 ? [0, 1] : []).map((j) =>
      adapted(items.map((item) => rowsOf([item]).map(({ p, t, w }) => ({ s: Math.abs(t[j]! - p[j]!), w })))),
    );
    const judged = columns.flatMap((column) => column.judged);
    const bounded = judged.filter(({ threshold }) => threshold < Infinity);
    const weight = (some: readonly Judged[]) => sum(some.map(({ w }) => w));
    return {
      count: rowsOf(items).length,
      lower: columns.map(({ threshold }) => -threshold),
      upper: columns.map(({ threshold }) => threshold),
      alpha: columns.map(({ alpha }) => alpha),
      coverage: 1 - sum(judged.map(({ missed }) => missed)) / weight(judged),
      width: sum(bounded.map(({ threshold, w }) => w * 2 * Math.max(0, threshold))) / weight(bounded),
      unbounded: 1 - weight(bounded) / weight(judged),
    };
  },
});

const both = ({ p }: Row) => (p.length === 1 ? [1 - p[0]!, p[0]!] : p);
const naiveScores = {
  lac: (p: readonly number[]) => p.map((v) => 1 - v),
  // classes as likely as each other: the first comes first
  aps: (p: readonly number[]) =>
    p.map((v, k) =>
      sum(
        p
          .map((u, i) => ({ u, i }))
          .filter(({ u, i }) => u > v || (u === v && i <= k))
          .sort((a, b) => b.u - a.u)
          .map(({ u }) => u),
      ),
    ),
};

for (const score of ["lac", "aps"] as const)
  for (const [kind, item] of Object.entries({ binary, classes, indices }))
    foldLaws(`conformalSet({ score: "${score}" }) of ${kind}`, {
      fold: () => conformalSet({ ...options, score }),
      item,
      brute: (items) => {
        const scored = items.map((one) =>
          rowsOf([one]).map((row) => {
            const all = naiveScores[score](both(row));
            return { all, s: all[classOf(row.t, row.p.length)]!, w: row.w };
          }),
        );
        const { alpha, threshold, judged } = adapted(scored);
        const weight = sum(judged.map(({ w }) => w));
        return {
          count: judged.length,
          score,
          threshold,
          alpha,
          coverage: 1 - sum(judged.map(({ missed }) => missed)) / weight,
          size:
            sum(
              scored.flat().map(({ all, w }, i) => w * all.filter((s) => s <= judged[i]!.threshold).length),
            ) / weight,
        };
      },
    });

// calibration: the steps of the papers, one row after the other

const lr = 0.05;
const logits = ({ p }: Row) => {
  const q = p.map((v) => Math.min(Math.max(v, 1e-7), 1 - 1e-7));
  return q.length === 1 ? [Math.log(q[0]!) - Math.log(1 - q[0]!)] : q.map(Math.log);
};
const truth = (row: Row) =>
  row.p.length === 1 ? row.t : row.p.map((_, k) => Number(k === classOf(row.t, row.p.length)));
const squash = (z: readonly number[]) =>
  z.length === 1 ? [1 / (1 + Math.exp(-z[0]!))] : z.map((v) => Math.exp(v) / sum(z.map(Math.exp)));
const probe = (width: number) => (width === 1 ? [0.9] : [0.7, 0.2, 0.1]);
const widthOf = (items: readonly Scored[], fallback: number) => items[0]?.prediction.cols ?? fallback;

for (const [kind, item, cols] of [
  ["binary", binary, 1],
  ["classes", classes, 3],
  ["indices", indices, 3],
] as const) {
  foldLaws(`temperature() of ${kind}`, {
    fold: () => temperature({ lr }),
    item,
    ones,
    view: (reading) => ({ ...reading, apply: [...reading.apply(probe(cols))] }),
    brute: (items) => {
      let [theta, A] = [0, 1];
      for (const row of rowsOf(items)) {
        const p = squash(logits(row).map((z) => z / Math.exp(theta)));
        const g = sum(p.map((v, k) => ((truth(row)[k]! - v) * logits(row)[k]!) / Math.exp(theta)));
        const r = 1 - (1 - lr) ** row.w;
        A = (1 - r) * A + r * (g * g + 0.01);
        theta = Math.min(Math.max(theta - (r * g) / A, -Math.log(100)), Math.log(100));
      }
      return {
        count: rowsOf(items).length,
        temperature: Math.exp(theta),
        apply: squash(
          logits({ p: probe(widthOf(items, cols)), t: [], w: 1 }).map((z) => z / Math.exp(theta)),
        ),
      };
    },
  });
  foldLaws(`platt() of ${kind}`, {
    fold: () => platt({ lr }),
    item,
    ones,
    view: (reading) => ({ ...reading, apply: [...reading.apply(probe(cols))] }),
    brute: (items) => {
      const n = cols + 1;
      let theta = [1, ...Array<number>(cols).fill(0)];
      let A = theta.map((_, i) => theta.map((_, j) => Number(i === j)));
      for (const row of rowsOf(items)) {
        const z = logits(row);
        const p = squash(z.map((v, k) => theta[0]! * v + theta[k + 1]!));
        const d = p.map((v, k) => v - truth(row)[k]!);
        const g = [sum(d.map((v, k) => v * z[k]!)), ...d];
        const rate = 1 - (1 - lr) ** row.w;
        A = A.map((r, i) => r.map((a, j) => (1 - rate) * a + rate * (g[i]! * g[j]! + (i === j ? 0.01 : 0))));
        const step = solve(A, g);
        theta = theta.map((v, i) => v - rate * step[i]!);
      }
      const some = items.length > 0;
      return {
        count: rowsOf(items).length,
        slope: theta[0]!,
        intercepts: some ? theta.slice(1, n) : [],
        apply: squash(logits({ p: probe(cols), t: [], w: 1 }).map((v, k) => theta[0]! * v + theta[k + 1]!)),
      };
    },
  });
}

/** Gauss and Jordan, with the largest pivot. */
const solve = (A: readonly number[][], b: readonly number[]): number[] => {
  const rows = A.map((row, i) => [...row, b[i]!]);
  rows.forEach((_, i) => {
    const pivot = rows.reduce(
      (best, row, k) => (k >= i && Math.abs(row[i]!) > Math.abs(rows[best]![i]!) ? k : best),
      i,
    );
    [rows[i], rows[pivot]] = [rows[pivot]!, rows[i]!];
    const top = rows[i]!.map((v) => v / rows[i]![i]!);
    rows[i] = top;
    rows.forEach((row, k) => {
      if (k !== i) rows[k] = row.map((v, j) => v - row[i]! * top[j]!);
    });
  });
  return rows.map((row) => row.at(-1)!);
};

for (const [kind, item] of Object.entries({ binary, classes }))
  foldLaws(`expectedAccuracy() of ${kind}`, {
    fold: expectedAccuracy,
    item,
    ones: (one) =>
      toRows(one.prediction).map((p, i) => ({
        prediction: matrix([p]),
        ...(one.weight && { weight: matrix([[one.weight.data[i]!]]) }),
      })),
    brute: (items) =>
      items.length > 0 ? overRows((row) => Math.max(...both(row)))(items as readonly Scored[]) : average([]),
  });
