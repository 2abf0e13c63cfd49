import { setImmediate as turn } from "node:timers/promises";
import { parseArgs } from "node:util";
import progress from "cli-progress";

// Keys, categories and devices that come and go, without end: what stays in memory? Run with --expose-gc. Each workload keeps what
// it keeps of the last values alone, so the heap after --from events must be that after --to. --dist names another build.
const { values } = parseArgs({
  options: {
    from: { type: "string", default: "4000000" },
    to: { type: "string", default: "5000000" },
    values: { type: "string", default: "100000" },
    only: { type: "string" },
    leak: { type: "boolean", default: false }, // what fails, to see that it does
    dist: { type: "string", default: new URL("../../dist/index.js", import.meta.url).href },
    quiet: { type: "boolean", default: false },
  },
});
const rxgrad = await import(values.dist);
const { groupBy, ignoreElements, mergeMap, Subject } = await import("rxjs");
const {
  category,
  chain,
  delayedPrequential,
  dense,
  encode,
  features,
  fold,
  joinLabels,
  keyed,
  lag,
  lastRows,
  mean,
  meanSquaredError,
  model,
  over,
  perKey,
  rolling,
  sgd,
  variance,
  windowed,
  withFolds,
  withLags,
} = rxgrad;

const [from, to, distinct] = [values.from, values.to, values.values].map(Number);
const megabyte = 2 ** 20;

/** Keys that rotate: every other event brings a new one, half of the events are of a few hundred now busy, half of older ones. */
const dice = rxgrad.random(1);
const event = (i) => {
  const newest = i >> 1;
  const k = newest - dice.below(dice.uniform() < 0.5 ? 300 : distinct);
  return { key: `device ${k}`, value: dice.normal(), at: i };
};

/** An operator on events, run as a stream. */
const piped = (...operators) => {
  const events$ = new Subject();
  events$.pipe(...operators).subscribe();
  return (one) => events$.next(one);
};
/** A label for nine of ten events, a thousand events later. */
const labelled = (bounds) => {
  const [items$, labels$] = [new Subject(), new Subject()];
  joinLabels(items$, labels$, { key: ({ id }) => id, moment, ...bounds }).subscribe();
  return ({ at }) => {
    items$.next({ id: `event ${at}`, at });
    if (at % 10 > 0) labels$.next({ id: `event ${at - 1000}`, at });
  };
};
/** A vocabulary whose columns change their meaning while labels are waited for. */
const forgetful = () => {
  const schema = features()({ key: category({ capacity: 500, sparse: true }) });
  let state = schema.init();
  const sample = (e) => {
    state = schema.step(state, e);
    return { x: schema.encode(state, e), y: e.value, renewed: { inputs: state.renewed } };
  };
  const net = model(chain(dense(schema.width, 1, { sparse: true })), { seed: 1 });
  const learning = { loss: meanSquaredError(), optimizer: sgd(0.01), batchSize: 8 };
  return piped(delayedPrequential(net, { ...learning, moment, delay: 1000, sample }));
};
const key = (e) => e.key;
const moment = (e) => e.at;
const of = (e) => [e.value, 1];
const value = (fold) => over((e) => e.value, fold);

// the list: to add a workload is to add a line
const workloads = {
  "perKey(), the last used": () => piped(fold(perKey(key, value(rolling(16, mean())), { maxKeys: 5000 }))),
  "perKey(), idle": () =>
    piped(fold(perKey(key, value(variance()), { maxKeys: 50_000, idle: 8000, moment }))),
  "keyed() windows": () => piped(keyed(key, (e$) => e$.pipe(windowed(8, { of })), { maxKeys: 2000 })),
  "a vocabulary of features": () =>
    piped(encode(features()({ key: category({ capacity: 500, sparse: true }) }), { target: (e) => e.value })),
  "a vocabulary that a model forgets": forgetful,
  "joinLabels()": () => labelled({ ttl: 5000, maxPending: 4000, maxEarly: 100 }),
  "rolling() and lags": () =>
    piped(
      withLags({ one: 1, hundred: 100 }, { of: key }),
      withFolds({
        mean: value(rolling(1000, mean())),
        row: over(of, lastRows(32)),
        before: lag(50, { of: key }),
      }),
    ),
};

const leaking = {
  "groupBy()": () => piped(groupBy(key), mergeMap(ignoreElements())),
  "the last event of each": () => {
    const last = new Map();
    return (e) => last.set(e.key, e);
  },
};

const inUse = async () => {
  for (let i = 0; i < 3; i++) {
    globalThis.gc();
    await turn();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

const measure = async (start, name, bar) => {
  const take = start();
  const begun = performance.now();
  let heapAtFrom = 0;
  for (let i = 0; i < to; i++) {
    if (i === from) heapAtFrom = await inUse();
    take(event(i));
    if (i % 50_000 === 0) {
      bar?.update(i, { name });
      await turn();
    }
  }
  const heapAtTo = await inUse();
  take(event(to)); // what was measured is still in use
  return {
    workload: name,
    events: to,
    megabytesAtFrom: heapAtFrom / megabyte,
    megabytesAtTo: heapAtTo / megabyte,
    megabytesGrown: (heapAtTo - heapAtFrom) / megabyte,
    nanosecondsAnEvent: ((performance.now() - begun) * 1e6) / to,
  };
};

for (const [name, start] of Object.entries(values.leak ? leaking : workloads)) {
  if (values.only && !name.includes(values.only)) continue;
  const bar = values.quiet
    ? undefined
    : new progress.SingleBar({
        format: "{name} {bar} {value} of {total}",
        stream: process.stderr,
        clearOnComplete: true,
      });
  bar?.start(to, 0, { name });
  const found = await measure(start, name, bar);
  bar?.stop();
  console.log(JSON.stringify(found));
  if (Math.abs(found.megabytesGrown) < 1) continue;
  console.error(`${name} keeps memory: the heap must stay within 1 MB`);
  process.exitCode = 1;
}
