import { constants, PerformanceObserver } from "node:perf_hooks";
import { setImmediate as turn } from "node:timers/promises";
import { parseArgs } from "node:util";

// Learns online, step after step, and looks at what stays in memory: run with --expose-gc. --dist names another build.
const { values } = parseArgs({
  options: {
    steps: { type: "string", default: "1000000" },
    dist: { type: "string", default: new URL("../../dist/index.js", import.meta.url).href },
  },
});
const { binaryCrossentropy, chain, dense, model, random, sgd, train } = await import(values.dist);
const { Subject } = await import("rxjs");

const steps = Number(values.steps);
const settled = steps / 10;
const megabyte = 2 ** 20;

const dice = random(1);
const batches = Array.from({ length: 1024 }, () => {
  const x = Float32Array.from({ length: 10 }, () => dice.normal());
  const y = Float32Array.of(x[0] > x[1] ? 1 : 0);
  return { x: { rows: 1, cols: 10, data: x }, y: { rows: 1, cols: 1, data: y } };
});
const net = model(chain(dense(10, 16, { activation: "tanh" }), dense(16, 1, { activation: "sigmoid" })), {
  precision: "float32",
  seed: 1,
});
const batches$ = new Subject();
let learned = 0;
let sum = 0;
batches$.pipe(train(net, { loss: binaryCrossentropy(), optimizer: sgd(0.02) })).subscribe((step) => {
  learned++;
  sum += step.loss;
});

const collections = { minor: 0, major: 0 };
const forced = constants.NODE_PERFORMANCE_GC_FLAGS_FORCED;
new PerformanceObserver((list) => {
  for (const { detail } of list.getEntries()) {
    if (detail.flags & forced) continue;
    if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) collections.major++;
    else if (detail.kind === constants.NODE_PERFORMANCE_GC_MINOR) collections.minor++;
  }
}).observe({ entryTypes: ["gc"] });

/** Goes on to so many steps; the observer hears of collections in between. */
const learnUpTo = async (total) => {
  while (learned < total) {
    for (let i = 0; i < 10_000; i++) batches$.next(batches[learned % batches.length]);
    await turn();
  }
};
const inUse = () => {
  globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const linearMemory = net.parameters[0].value.data.buffer.byteLength; // that of WebAssembly counts as neither
  return heapUsed + arrayBuffers + linearMemory;
};

await learnUpTo(settled);
const early = inUse();
await turn();
const before = { ...collections };
await learnUpTo(steps);
const majors = collections.major - before.major;
const minors = collections.minor - before.minor;
const grown = inUse() - early;

console.log(
  JSON.stringify({
    steps,
    meanLoss: sum / learned,
    megabytesAtATenth: early / megabyte,
    megabytesGrown: grown / megabyte,
    minorCollections: minors,
    majorCollections: majors,
  }),
);
if (grown > megabyte || majors > 0) {
  console.error("a step keeps memory: it must stay within 1 MB, without a major collection");
  process.exitCode = 1;
}
