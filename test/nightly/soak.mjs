// npm run test:soak -- [--events 10000000] [--seed 1] [--quiet]: one service for as many events as it would see in months. Records are
// bad, labels come in storms, what is to be learned changes, subscribers throw, come and go. At the end: was anything lost, does
// anything still listen or run, has the heap grown, and what is the digest of all that was computed? Run with --expose-gc.
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import progress from "cli-progress";
import {
  adam,
  adapting,
  category,
  chain,
  cyclical,
  dense,
  encode,
  fading,
  features,
  flag,
  guard,
  joinLabels,
  mae,
  meanSquaredError,
  minibatch,
  model,
  numeric,
  prioritized,
  quarantine,
  r2,
  random,
  replay,
  reservoir,
  rmse,
  rolling,
  swapBackground,
} from "rxgrad";
import { checkpoint, resume } from "rxgrad/node";
import { config, map, Subject, share, take } from "rxjs";

const { values } = parseArgs({
  options: {
    events: { type: "string", default: "10000000" },
    seed: { type: "string", default: "1" },
    quiet: { type: "boolean", default: false },
  },
});
const [events, seed] = [Number(values.events), Number(values.seed)];
const megabyte = 2 ** 20;
const ttl = 2000;
const rowsOfBatch = 16;

const listening = () =>
  Object.fromEntries(process.eventNames().map((name) => [String(name), process.listenerCount(name)]));
const working = () => process.getActiveResourcesInfo().filter((one) => !/TTY|Pipe/.test(one));
const before = { listening: listening(), working: working() };

// what subscribers throw is reported by RxJS in a timer of its own; nothing else may arrive here
const thrown = { expected: 0, reported: 0, others: [] };
config.onUnhandledError = (error) => {
  if (error.message === "a subscriber throws") thrown.reported++;
  else thrown.others.push(String(error));
};
const unhandled = (error) => {
  console.error(error);
  process.exitCode = 1;
  thrown.others.push(String(error));
};
process.on("unhandledRejection", unhandled).on("uncaughtException", unhandled);

// the world
const dice = random(seed);
const concept = Math.min(100_000, Math.ceil(events / 5));
const truth = ({ heat, open, device }, i) =>
  (Math.floor(i / concept) % 2 ? 1 : -1) * (heat / 10) +
  (open ? 1 : -1) +
  (device.length % 3) +
  0.1 * dice.normal();
const eventAt = (i) => ({
  id: `event ${i}`,
  at: i,
  heat: 10 * dice.normal(),
  open: dice.uniform() < 0.5,
  hour: dice.below(24),
  device: `device ${(i >> 8) + dice.below(200)}`, // devices come and go
});
const damages = [
  { heat: "20" },
  { heat: Number.NaN },
  { heat: 1e300 },
  { open: 1 },
  { heat: null },
  { open: undefined },
];
const badLoads = [Number.NaN, Number.POSITIVE_INFINITY, 1e12, "much", undefined, 1e300];

// the service
const dir = mkdtempSync(join(tmpdir(), "rxgrad-soak-"));
const schema = features()({
  heat: numeric({ missing: "reject", min: -1000, max: 1000 }),
  open: flag({ missing: "reject" }),
  hour: cyclical(24),
  device: category({ capacity: 64 }),
});
const net = model(chain(dense(schema.width, 16, { activation: "tanh" }), dense(16, 1)), {
  seed,
  numerics: "reproducible",
});
const loss = meanSquaredError();
const bad = quarantine({ keep: 50 });
const watching = bad.watch(net);
const refusals = { rows: 0 };
const countingRefused = bad.refused$.subscribe(({ item }) => {
  refusals.rows += (item?.fresh ?? item)?.y?.rows ?? 1;
});
const [events$, labels$] = [new Subject(), new Subject()];
const memory = prioritized(reservoir(200, { seed }), { seed });
const live = { labels: { state: undefined }, memory: { state: memory.init() } };
const fields = { state: schema.init() };
const told = { labels: undefined, written: 0, errors: 0, offered: 0, given: 0 };
const steps$ = joinLabels(events$, labels$, {
  ...{ key: ({ id }) => id, moment: ({ at }) => at, ttl, maxPending: 4000, maxEarly: 200 },
  counts: { next: (counts) => Object.assign(told, { labels: counts }) },
  live: live.labels,
}).pipe(
  map(({ item, label }) => ({ ...item, load: label.load })),
  encode(schema, {
    target: ({ load }) => load,
    onInvalid: "skip",
    rejected: bad.put,
    forget: true,
    state: fields.state,
  }),
  minibatch(rowsOfBatch, { onInvalid: "skip", rejected: bad.put, for: { model: net, loss } }),
  replay(
    memory,
    adapting(net, {
      ...{ loss, optimizer: adam(0.005), policy: swapBackground(), onInvalid: "skip" },
      guard: guard({ policy: "rollBack", factor: 30 }),
      metrics: { mae: fading(0.999, mae()), rmse: rolling(200, rmse()), r2: r2() },
    }),
    { loss, live: live.memory },
  ),
  checkpoint(net, {
    ...{ dir, every: 1000, parts: { ...live, fields }, position: () => told.given },
    written: { next: () => told.written++ },
    errors: { next: () => told.errors++ },
  }),
  share(),
);

// who listens
const results = createHash("sha256");
const seen = { rows: 0, steps: 0, drifts: 0, adaptations: 0 };
let failed;
let last;
const ended = new Promise((end) => {
  steps$.subscribe({
    next: (step) => {
      seen.rows += step.size;
      seen.steps++;
      if (step.drift === "drift") seen.drifts++;
      if (step.adapted !== "none") seen.adaptations++;
      results.update(Float64Array.of(step.loss, step.metrics.mae, step.metrics.rmse, step.metrics.r2));
      last = step.metrics;
    },
    error: (error) => {
      failed = error;
      end();
    },
    complete: end,
  });
});
const visitors = [];
const visit = () => {
  const throwing = dice.below(4) === 0;
  const of$ = [steps$, bad.refused$, net.rejected$][dice.below(3)];
  const visitor = of$.pipe(take(1 + dice.below(300))).subscribe(() => {
    if (!throwing) return;
    thrown.expected++;
    throw new Error("a subscriber throws");
  });
  visitors.push(visitor);
  if (visitors.length > 20) visitors.shift().unsubscribe();
};

// labels that wait for their moment, in a ring
const ring = Array.from({ length: 8192 }, () => []);
const label = (one) => {
  told.offered++;
  labels$.next(one);
};
const storm = (i) => {
  for (let k = 0; k < 300; k++) {
    const id = [`event ${i - dice.below(1500)}`, `event ${i - ttl - dice.below(3000)}`, `nobody ${i} ${k}`][
      dice.below(3)
    ];
    label({ id, at: i, load: dice.normal() });
  }
};
const one = (i) => {
  const event = eventAt(i);
  const load = truth(event, i);
  const luck = dice.uniform();
  const bent = luck < 0.01 ? { ...event, ...damages[dice.below(damages.length)] } : event;
  if (luck > 0.1) {
    const delay = luck > 0.95 ? ttl + dice.below(4000) : 1 + dice.below(1000);
    const wrong = dice.below(200) === 0;
    ring[(i + delay) % ring.length].push({
      id: event.id,
      load: wrong ? badLoads[dice.below(badLoads.length)] : load,
    });
  }
  told.given++;
  events$.next(bent);
  if (luck > 0.99) {
    told.given++;
    events$.next(event); // once more
  }
  const due = ring[i % ring.length];
  for (const { id, load } of due) label({ id, at: i, load });
  due.length = 0;
  if (dice.below(5000) === 0) storm(i);
  if (dice.below(50) === 0) visit();
};

const inUse = async () => {
  for (let i = 0; i < 4; i++) {
    await wait(20); // a file may be on its way
    globalThis.gc?.();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / megabyte;
};

const bar = values.quiet
  ? undefined
  : new progress.SingleBar({
      format: "{bar} {value} of {total}, {eta} s",
      stream: process.stderr,
      clearOnComplete: true,
    });
bar?.start(events, 0);
const start = performance.now();
const heap = [];
for (let i = 0; i < events && !failed; i++) {
  if (i === Math.floor(0.4 * events) || i === Math.floor(0.7 * events)) heap.push(await inUse());
  one(i);
  if (i % 500 === 0) await turn();
  if (i % 20_000 === 0) bar?.update(i);
}
heap.push(await inUse());
const nanosecondsAnEvent = Math.round(((performance.now() - start) * 1e6) / events);
bar?.stop();

events$.complete();
labels$.complete();
await ended;
const runsBefore = net.runs.size;
for (const visitor of visitors) visitor.unsubscribe();
for (const one of [watching, countingRefused]) one.unsubscribe();
net.dispose();
await wait(50); // what RxJS reports, it reports in timers
process.off("unhandledRejection", unhandled).off("uncaughtException", unhandled);

const saved = resume(dir);
rmSync(dir, { recursive: true, force: true });
const counts = told.labels;
const { total, byReason } = bad.counts();
results.update(net.weights.values.data);
results.update(JSON.stringify([counts, seen, total, [...byReason.values()], thrown.expected, last]));

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const grown = heap.at(-1) - heap[0];
const checks = {
  "the stream has ended without an error": failed === undefined,
  "predictions are all accounted for":
    counts.joined + counts.expired + counts.evicted + counts.repeated + counts.pending === told.given,
  "labels are all accounted for":
    counts.joined + counts.duplicate + counts.late + counts.unknown + counts.early === told.offered,
  "rows that were joined are learned or in quarantine": seen.rows + refusals.rows === counts.joined,
  "each kind of trouble has come": [
    counts.duplicate,
    counts.late,
    counts.unknown,
    counts.expired,
    counts.repeated,
    total,
    thrown.expected,
  ].every((n) => n > 0),
  "the heap is flat": !globalThis.gc || Math.abs(grown) < 2,
  "errors that subscribers throw are reported, and no others":
    thrown.reported === thrown.expected && thrown.others.length === 0,
  "checkpoints are written, and the last is at the end":
    told.written > 0 && told.errors === 0 && saved?.position === told.given && saved.ignored.length === 0,
  "nothing listens any more": !events$.observed && !labels$.observed && same(listening(), before.listening),
  "nothing runs any more": runsBefore === 0 && working().length <= before.working.length,
};
const broken = Object.keys(checks).filter((name) => !checks[name]);
console.log(
  JSON.stringify({
    ...{ node: process.version, events, seed, digest: results.digest("hex"), broken, nanosecondsAnEvent },
    ...{ megabytes: heap.map((mb) => Number(mb.toFixed(2))), steps: seen, labels: counts, metrics: last },
    ...{
      refused: Object.fromEntries(byReason),
      thrown: thrown.reported,
      written: told.written,
      others: thrown.others.slice(0, 3),
    },
    ...(failed ? { failed: String(failed) } : {}),
    ...(same(working(), before.working) ? {} : { working: working() }),
    ...{
      runs: runsBefore,
      rows: [seen.rows, refusals.rows, counts.joined],
      saved: saved?.position,
      given: told.given,
    },
  }),
);
if (broken.length > 0) process.exitCode = 1;
