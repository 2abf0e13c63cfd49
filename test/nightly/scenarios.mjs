// Trainings that keep every kind of state, each put together from one choice of each list.
import {
  accumulate,
  adam,
  adamw,
  adapting,
  adwin,
  batchNorm,
  chain,
  champion,
  clipByGlobalNorm,
  cocob,
  columns,
  concatenate,
  conv1d,
  delayed,
  delayedPrequential,
  dense,
  dog,
  dropout,
  embedding,
  ewc,
  exponentialDecay,
  exponentialScaler,
  fold,
  freeze,
  ftrl,
  gru,
  guard,
  hddmW,
  hedge,
  hedged,
  inOrder,
  kswin,
  layerNorm,
  lion,
  lstm,
  mae,
  mean,
  meanSquaredError,
  minibatch,
  minMaxScaler,
  model,
  newest,
  over,
  pageHinkley,
  parallel,
  pool,
  prequential,
  prioritized,
  r2,
  radam,
  raiseRate,
  random,
  reduceOnPlateau,
  replay,
  reservoir,
  residual,
  rmse,
  rmsprop,
  robustScaler,
  rolling,
  scaler,
  sgd,
  standardize,
  swapBackground,
  withFolds,
} from "rxgrad";
import { map } from "rxjs";

export const rowsOfBatch = 4;

const mse = meanSquaredError();
const error = ({ prediction, target }) => Math.abs(prediction.data[0] - target.data[0]);
/** Drift detection by the calendar: a warning that grows to a drift, then one that passes, again and again. */
const calendar = {
  init: () => ({ step: 0 }),
  step: ({ step }) => ({ step: step + 1 }),
  read: ({ step }) => ({
    drift: step % 30 === 14,
    warning: [6, 7, 8, 9, 10, 11, 12, 13, 22, 23, 24].includes(step % 30),
  }),
};
const adaptingWith = (policy) => ({
  learn: (net, options) => adapting(net, { ...options, detector: calendar, policy }),
});
const poolOf = (combine) => ({
  models: ["own", "steady", "wild"],
  learn: ({ own, steady, wild }, { optimizer, ...options }) =>
    pool(
      [
        { name: "own", model: own, optimizer, loss: options.loss },
        { name: "steady", model: steady, optimizer: sgd(0.01), loss: options.loss },
        { name: "wild", model: wild, optimizer: sgd(1e12), loss: options.loss }, // it will fail
      ],
      { ...options, loss: mse, ...(combine ? { combine } : {}) },
    ),
});
const labelOf = ({ time }) => time + 1 + ((7 * time) % 23);
/** Steps with the mean of their losses, by a fold beside them. */
const withMean = (live) => (steps$) => {
  let step;
  return steps$.pipe(
    map((one) => {
      step = one;
      return one.loss;
    }),
    fold(mean(), { live }),
    map((meanLoss) => ({ ...step, meanLoss })),
  );
};
const hedging = hedge(4, 1, { hidden: [6, 5] });

/** What each part of a training may be. Columns of x: an index below 8, and three numbers. */
export const choices = {
  layers: {
    normalized: () => ({ plan: chain(dense(4, 6), batchNorm(6), dropout(0.3), dense(6, 1)) }),
    sparse: () => ({
      plan: chain(
        parallel(concatenate(), chain(columns(0, 1), embedding(8, 3)), chain(columns(1, 4), dense(3, 4))),
        layerNorm(7),
        residual(dense(7, 7, { activation: "gelu" })),
        dense(7, 1),
      ),
    }),
    gru: () => ({ plan: chain(gru(2, 5, { steps: 2 }), dropout(0.2), dense(5, 1)) }),
    stateful: () => ({
      plan: chain(lstm(2, 5, { steps: 2, stateful: true, streams: rowsOfBatch }), dense(5, 1)),
    }),
    wide: () => ({
      plan: chain(conv1d(2, 4, { steps: 2, kernelSize: 2 }), dense(8, 1)),
      precision: "float64",
    }),
    hedge: () => ({ plan: hedging, loss: hedged(mse, hedging) }),
    guarded: () => ({
      plan: chain(dense(4, 5, { activation: "relu" }), batchNorm(5), dense(5, 1)),
      watch: guard({ policy: "lowerRate", every: 4, warmup: 5, factor: 2, patience: 5, rate: 0.9 }),
    }),
  },
  rules: {
    adam: () => adam(exponentialDecay(0.01, { rate: 0.99, every: 5 })),
    lazy: () => adam(0.01, { lazy: true }),
    plateau: () =>
      inOrder(clipByGlobalNorm(1), adamw(reduceOnPlateau(0.01, { patience: 3 }), { weightDecay: 0.01 })),
    momentum: () => sgd(0.002, { momentum: 0.9, nesterov: true }),
    accumulate: () => accumulate(3, rmsprop(0.01, { momentum: 0.5, centered: true })),
    ewc: () => ewc(radam(0.01), { lambda: 1, decay: 0.9, consolidate: 7 }),
    cocob: () => cocob(),
    dog: () => dog(),
    lion: () => freeze(lion(0.001), []),
    ftrl: () => ftrl({ alpha: 0.1 }),
  },
  scalers: {
    none: () => undefined,
    standard: () => scaler(),
    robust: () => scaler(robustScaler({ window: 15 })),
    minMax: () => scaler(minMaxScaler()),
    exponential: () => scaler(exponentialScaler({ halfLife: 20 })),
  },
  memories: {
    none: () => undefined,
    reservoir: () => reservoir(20, { seed: 3 }),
    newest: () => newest(10, { seed: 3 }),
    prioritized: () => prioritized(reservoir(16, { seed: 5 }), { seed: 7 }),
  },
  detectors: {
    none: () => ({}),
    adwin: () => ({ drift: over(error, adwin()), mae: mae() }),
    kswin: () => ({ drift: over(error, kswin({ seed: 3 })), rmse: rolling(9, rmse()) }),
    pageHinkley: () => ({ drift: over(error, pageHinkley()), r2: r2() }),
    hddmW: () => ({ drift: over((scored) => Math.min(1, error(scored)), hddmW()), r2: rolling(9, r2()) }),
  },
  /** How it is learned, and what keeps a state around that. */
  ways: {
    plain: () => ({}),
    folds: () => {
      const live = { folds: { state: undefined }, mean: { state: undefined } };
      const folds = { mae: over(error, mean()), r2: rolling(9, r2()) };
      const below = (steps$) => steps$.pipe(withFolds(folds, { live: live.folds }), withMean(live.mean));
      return { parts: live, below };
    },
    delayed: () => {
      const waiting = { state: undefined };
      return { parts: { waiting }, above: delayed(labelOf, { live: waiting }) };
    },
    late: () => {
      const questions = { state: undefined };
      return {
        parts: { questions },
        single: true,
        learn: (net, { onInvalid: _, ...options }) =>
          delayedPrequential(net, {
            ...options,
            moment: ({ time }) => time,
            delay: (item) => labelOf(item) - item.time,
            batchSize: 3,
            live: questions,
          }),
      };
    },
    raiseRate: () => adaptingWith(raiseRate({ factor: 3, steps: 9 })),
    swapBackground: () => adaptingWith(swapBackground()),
    pool: () => poolOf(),
    champion: () => poolOf((k) => champion(k, { fading: 0.9, patience: 5 })),
  },
};

/**
 * Whether choices go together: a layer with one state a row takes no replayed rows, and no single ones; pools and delayedPrequential
 * take no guard, and the latter no batches.
 */
const fits = ({ layers, memories, ways }) =>
  (layers !== "stateful" || (memories === "none" && ways !== "late")) &&
  (layers !== "guarded" || !["pool", "champion", "late"].includes(ways)) &&
  (memories === "none" || ways !== "late");

/** Settings in which every two choices that go together stand side by side at least once; greedy, seeded. */
export const pairwise = (seed = 1) => {
  const rng = random(seed);
  const names = Object.keys(choices);
  const pairsOf = (setting) =>
    names.flatMap((a, i) => names.slice(i + 1).map((b) => `${a}=${setting[a]} ${b}=${setting[b]}`));
  const pick = () =>
    Object.fromEntries(
      names.map((name) => [name, Object.keys(choices[name])[rng.below(Object.keys(choices[name]).length)]]),
    );
  const missing = new Set();
  for (let i = 0; i < 20_000; i++) {
    const setting = pick();
    if (fits(setting)) for (const pair of pairsOf(setting)) missing.add(pair);
  }
  const settings = [];
  while (missing.size > 0) {
    let best;
    let most = 0;
    for (let i = 0; i < 300; i++) {
      const setting = pick();
      const count = fits(setting) ? pairsOf(setting).filter((pair) => missing.has(pair)).length : 0;
      if (count > most) [best, most] = [setting, count];
    }
    if (!best) continue;
    settings.push(best);
    for (const pair of pairsOf(best)) missing.delete(pair);
  }
  return settings;
};

/** Sample i of an endless source that can begin anywhere. */
export const sampleAt = (i) => {
  const rng = random(9, i);
  const x = [rng.below(8), rng.normal(), rng.normal(), rng.normal()];
  return { time: i, x, y: x[1] - 2 * x[2] * x[3] + x[0] / 4 + 0.1 * rng.normal() + (i > 120 ? 3 : 0) };
};

const same = (items$) => items$;

/** A training: the model or models, what else keeps a state, and the operator from samples to steps. */
export const training = (setting) => {
  const { plan, precision = "float32", loss = mse, watch } = choices.layers[setting.layers]();
  const own = choices.ways[setting.ways ?? "plain"]();
  const { models, parts = {}, above = same, below = same, single = false, learn = prequential } = own;
  const made = (seed) => model(plan, { seed, precision, numerics: "reproducible" });
  const net = models ? Object.fromEntries(models.map((name, i) => [name, made(11 + i)])) : made(11);
  const targets = choices.scalers[setting.scalers]();
  const memory = choices.memories[setting.memories]();
  const live = memory && { state: memory.init() };
  const optimizer = choices.rules[setting.rules]();
  const metrics = choices.detectors[setting.detectors]();
  const onInvalid = watch ? "skip" : "error";
  const learned = learn(net, { loss, optimizer, metrics, onInvalid, ...(watch ? { guard: watch } : {}) });
  const learning = memory
    ? replay(memory, learned, { live, mix: 0.7, ...(memory.feedback ? { loss: mse } : {}) })
    : learned;
  return {
    net,
    parts: { ...parts, ...(targets ? { targets } : {}), ...(live ? { replay: live } : {}) },
    steps: (samples$) =>
      samples$.pipe(
        above,
        targets ? standardize({ targets }) : same,
        single ? same : minibatch(rowsOfBatch),
        learning,
        below,
      ),
  };
};

/** All of a step that a run which was never interrupted must have in common with one that was, exactly. */
export const lineOf = (index, step) => {
  const { prediction, target, metrics, learned, loss = learned?.loss ?? Number.NaN, ...rest } = step;
  const { run: _, item: __, guard: ___, failed, ...more } = rest; // runs are of a process
  return JSON.stringify(
    [
      index,
      bits(loss),
      [...prediction.data].map(bits),
      [...target.data].map(bits),
      metrics,
      { ...more, learned: learned?.id, failed: failed?.map(({ name }) => name) },
    ],
    (_, v) => (typeof v === "number" && !Number.isFinite(v) ? String(v) : v),
  );
};

/** The bits of a number. */
const bits = (x) => new BigUint64Array(Float64Array.of(x).buffer)[0].toString(16);
