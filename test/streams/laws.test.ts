import { expect } from "vitest";
import { conformalInterval } from "../../src/folds/conformalInterval.ts";
import { conformalSet } from "../../src/folds/conformalSet.ts";
import { intervalAround } from "../../src/folds/intervalAround.ts";
import { mean } from "../../src/folds/mean.ts";
import { over } from "../../src/folds/over.ts";
import { platt } from "../../src/folds/platt.ts";
import { readingOf } from "../../src/folds/readingOf.ts";
import { scaler } from "../../src/folds/scaler.ts";
import type { Scored } from "../../src/folds/scored.ts";
import { setOf } from "../../src/folds/setOf.ts";
import type { Fold } from "../../src/math/fold.ts";
import { matrix } from "../../src/math/matrix.ts";
import { calibrated } from "../../src/streams/calibrated.ts";
import { delayed } from "../../src/streams/delayed.ts";
import { fold } from "../../src/streams/fold.ts";
import { logging } from "../../src/streams/logging.ts";
import { minibatch } from "../../src/streams/minibatch.ts";
import type { Sample } from "../../src/streams/sample.ts";
import { standardize } from "../../src/streams/standardize.ts";
import { withFolds } from "../../src/streams/withFolds.ts";
import { withIntervals } from "../../src/streams/withIntervals.ts";
import { withSets } from "../../src/streams/withSets.ts";
import { yieldEvery } from "../../src/streams/yieldEvery.ts";
import { operatorLaws } from "../laws/operator.ts";

const samples: Sample[] = [0, 1, 2, 3, 4].map((i) => ({ x: [i, i * i], y: i / 2 }));

const batchesOf = (all: readonly Sample[], size: number) =>
  all
    .filter((_, i) => i % size === 0)
    .map((_, k) => all.slice(k * size, (k + 1) * size))
    .map((some) => ({
      x: matrix(some.map(({ x }) => x)),
      y: matrix(some.map(({ y }) => [y as number])),
    }));

interface Loss {
  readonly id: number;
  readonly loss: number;
}

const losses: Loss[] = [3, 1, 2, 6].map((loss, id) => ({ id, loss }));
const means = (all: readonly { loss: number }[]) =>
  all.map((_, i) => all.slice(0, i + 1).reduce((sum, { loss }) => sum + loss, 0) / (i + 1));

const flights = [
  { time: 0, until: 3 },
  { time: 1, until: 1.5 },
  { time: 2, until: 2.5 },
  { time: 4, until: 9 },
];
const landed = flights.slice(0, 3).sort((a, b) => a.until - b.until);

const trained = scaler();
for (const { x } of samples) trained.learn(x);

// the list: to add an operator is to add a line

operatorLaws("minibatch(2)", {
  operator: () => minibatch(2),
  items: samples,
  expected: (all) => batchesOf(all, 2),
  beforeError: (all) => batchesOf(all, 2).filter(({ x }) => x.rows === 2),
});
operatorLaws("minibatch(3, { maxWait: 10 })", {
  operator: () => minibatch(3, { maxWait: 10 }),
  items: samples,
  expected: (all) => batchesOf(all, 3),
  beforeError: (all) => batchesOf(all, 3).filter(({ x }) => x.rows === 3),
});
operatorLaws("delayed(until)", {
  operator: () => delayed((flight: (typeof flights)[number]) => flight.until),
  items: flights,
  expected: (all) => [...all].sort((a, b) => a.until - b.until),
  beforeError: () => landed,
});
operatorLaws("fold(mean())", {
  operator: () => fold(mean()),
  items: [3, 1, 2, 6],
  expected: (all) => means(all.map((loss) => ({ loss }))),
});
operatorLaws<Loss, Loss>("withFolds({ mean })", {
  operator: () => withFolds({ mean: over((step) => step.loss, mean()) }),
  items: losses,
  expected: (all) => all.map((step, i) => ({ ...step, mean: means(all)[i] })),
});
operatorLaws("logging()", {
  operator: () => logging({ to: () => {} }),
  items: losses,
  expected: (all) => all,
});
operatorLaws("yieldEvery()", {
  operator: () => yieldEvery(),
  items: losses,
  expected: (all) => all,
});
operatorLaws<Sample, Sample>("standardize({ inputs, freeze })", {
  operator: () => standardize({ inputs: trained, freeze: true }),
  items: samples,
  expected: (all) => all.map(({ x, y }) => ({ x: trained.transform(x), y })),
});
operatorLaws<Sample, Sample>("standardize({ inputs })", {
  operator: () => standardize({ inputs: scaler(2) }),
  items: samples,
  expected: (all) => all.map(({ y }) => ({ x: expect.any(Float64Array), y })),
  sharesState: "the scaler holds it, so that predictions can use it",
});

const doubts: Scored[] = [
  [0.9, 1],
  [0.8, 0],
  [0.3, 0],
].map(([p, y]) => ({ prediction: matrix([[p!]]), target: matrix([[y!]]) }));
/** What a fold reads after each item, and what it had read before. */
const readings = <Reading, State>(f: Fold<Scored, Reading, State>, all: readonly Scored[]) =>
  all.map((_, i) => ({ before: readingOf(f, all.slice(0, i)), after: readingOf(f, all.slice(0, i + 1)) }));

operatorLaws<Scored, Scored>("withIntervals()", {
  operator: () => withIntervals(conformalInterval({ coverage: 0.5 })),
  items: doubts,
  expected: (all) =>
    readings(conformalInterval({ coverage: 0.5 }), all).map(({ before, after }, i) => ({
      ...all[i],
      interval: intervalAround(before, all[i]!.prediction),
      conformal: after,
    })),
});
operatorLaws<Scored, Scored>("withSets()", {
  operator: () => withSets(conformalSet({ coverage: 0.5 })),
  items: doubts,
  expected: (all) =>
    readings(conformalSet({ coverage: 0.5 }), all).map(({ before, after }, i) => ({
      ...all[i],
      set: setOf(before, all[i]!.prediction),
      conformal: after,
    })),
});
operatorLaws<Scored, Scored>("calibrated(platt())", {
  operator: () => calibrated(platt()),
  items: doubts,
  expected: (all) =>
    readings(platt(), all).map(({ before, after: { slope } }, i) => ({
      ...all[i],
      prediction: before.apply(all[i]!.prediction),
      calibration: expect.objectContaining({ count: i + 1, slope }),
    })),
});

// operators on a model, which holds the weights: train, predict, prequential, earlyStopping; expect.anything() for what they emit
