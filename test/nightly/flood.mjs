// npm run build && node --expose-gc test/nightly/flood.mjs [--seconds 60] [--ms 2] [--mode idle|block|pull|dropOldest|sample]: a source
// ten times as fast as the learner; a client in a thread of its own asks for predictions meanwhile.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    ms: { type: "string", default: "2" },
    mode: { type: "string", multiple: true, default: ["idle", "block", "pull", "dropOldest"] },
    dist: { type: "string", default: new URL("../../dist/index.js", import.meta.url).href },
  },
});
const { adam, backpressure, chain, dense, fromPull, meanSquaredError, minibatch, model, paced, train } =
  await import(values.dist);
const { Subject } = await import("rxjs");

const [seconds, ms] = [Number(values.seconds), Number(values.ms)];
const capacity = 4096;
const inputs = 16;
const megabyte = 2 ** 20;

// a sample costs the source next to nothing, and the learner some fifty microseconds
const rows = Array.from({ length: 1024 }, (_, i) =>
  Float64Array.from({ length: inputs }, (_, j) => ((i * (j + 3)) % 101) / 101),
);
const sampleAt = (i) => ({ x: rows[i % rows.length], y: i });
const network = () =>
  model(
    chain(dense(inputs, 512, { activation: "tanh" }), dense(512, 512, { activation: "tanh" }), dense(512, 1)),
  );
const learnInto = (net) => (samples$) =>
  samples$.pipe(
    minibatch(16),
    train(net, { loss: meanSquaredError(), optimizer: adam(1e-6), predictions: true }),
  );
/** Counts what is learned, by the running number that is each sample's target. */
const ledger = () => {
  const seen = { rows: 0, next: 0, gaps: 0, back: 0 };
  const read = ({ target }) => {
    for (const y of target.data) {
      if (y > seen.next) seen.gaps += y - seen.next;
      if (y < seen.next) seen.back++;
      seen.next = y + 1;
      seen.rows++;
    }
  };
  return { seen, read };
};

/** Samples a second that the learner takes when nothing holds it up. */
const calibrated = async () => {
  function* endless() {
    for (let i = 0; ; i++) yield sampleAt(i % 1e6);
  }
  const rounds = [];
  for (let round = 0; round < 3; round++) {
    const { seen, read } = ledger();
    const start = performance.now();
    const learning = paced(endless(), ms).pipe(learnInto(network())).subscribe(read);
    await wait(1000);
    learning.unsubscribe();
    rounds.push((1000 * seen.rows) / (performance.now() - start));
  }
  return Math.max(...rounds); // others may compete for the processor
};

const client = () => {
  const code = `
    const { parentPort } = require("node:worker_threads");
    const took = [];
    let asked = 0;
    parentPort.on("message", (said) => {
      if (said === "end") { clearInterval(asking); parentPort.postMessage({ took }); parentPort.close(); }
      else took.push(performance.now() - said);
    });
    const asking = setInterval(() => { asked++; parentPort.postMessage(performance.now()); }, 3);`;
  return new Worker(code, { eval: true });
};

const quantile = (all, q) =>
  [...all].sort((a, b) => a - b)[Math.min(all.length - 1, Math.floor(q * all.length))];
const inUse = () => {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / megabyte;
};

/** A feed that pushes `rate` samples a second, unless it is paused. */
const feed = (rate) => {
  const samples$ = new Subject();
  const own = { offered: 0, paused: false, over: false };
  let last = performance.now();
  let owed = 0;
  const push = () => {
    const now = performance.now();
    owed = own.paused ? 0 : owed + (rate * (now - last)) / 1000;
    last = now;
    for (; owed >= 1 && !own.paused && !own.over; owed--) samples$.next(sampleAt(own.offered++));
    if (!own.over) setImmediate(push);
    else samples$.complete();
  };
  setImmediate(push);
  return { samples$, own };
};

const run = async (mode, rate) => {
  const net = network();
  const { seen, read } = ledger();
  const answering = client();
  answering.on("message", (said) => {
    if (typeof said !== "number") return;
    net.predict(new Array(inputs).fill(0.5));
    answering.postMessage(said);
  });
  const lag = monitorEventLoopDelay({ resolution: 5 });
  let load;
  let dropped = 0;
  let [made, lead] = [0, 0];
  const asks = mode === "pull" || mode === "idle";
  const source = asks ? undefined : feed(10 * rate);
  let over = false;
  async function* pulled() {
    while (!over) {
      lead = Math.max(lead, made - seen.rows);
      yield sampleAt(made++); // as fast as it is asked
    }
  }
  const quiet$ = new Subject(); // nothing to learn, to see what the machine makes of the same questions
  const pausing = {
    pause: () => {
      source.own.paused = true;
    },
    resume: () => {
      source.own.paused = false;
    },
  };
  const samples$ = asks
    ? mode === "pull"
      ? fromPull(pulled, { ahead: capacity, ms })
      : quiet$
    : source.samples$.pipe(
        backpressure({
          capacity,
          overflow: mode,
          ms,
          ...(mode === "block" ? pausing : {}),
          dropped: () => dropped++,
          load: (now) => {
            load = now;
          },
        }),
      );
  const done = new Promise((complete, error) => {
    samples$.pipe(learnInto(net)).subscribe({ next: read, complete, error });
  });
  await wait(1000 * Math.min(5, seconds / 4)); // code is compiled, buffers are there
  lag.enable();
  const start = performance.now();
  const from = seen.rows;
  const memory = [inUse()];
  for (let part = 0; part < 6; part++) {
    await wait((1000 * seconds) / 6);
    memory.push(inUse());
  }
  const learnedRate = (1000 * (seen.rows - from)) / (performance.now() - start);
  lag.disable();
  over = true;
  quiet$.complete();
  if (source) {
    source.own.paused = false;
    source.own.over = true;
  }
  await done;
  const offered = asks ? made : source.own.offered;
  answering.postMessage("end");
  const took = await new Promise((resolve) => {
    answering.on("message", (said) => typeof said === "object" && resolve(said.took));
  });
  await answering.terminate();
  net.dispose();
  const lost = offered - seen.rows;
  const line = (name, value) => console.log(`  ${name.padEnd(26)}${value}`);
  console.log(`${mode}, ${seconds} s:`);
  line("offered, learned, lost", `${offered}, ${seen.rows}, ${lost} (${dropped} dropped as told)`);
  line("out of order", seen.back);
  line("learned a second", Math.round(learnedRate));
  line(asks ? "lead at most" : "queue at most", asks ? lead : `${load.peak} of ${capacity}`);
  line(
    "event loop lag p99, max",
    `${(lag.percentile(99) / 1e6).toFixed(1)}, ${(lag.max / 1e6).toFixed(1)} ms`,
  );
  line(
    "prediction p50, p99, max",
    `${[0.5, 0.99, 1].map((q) => quantile(took, q).toFixed(2)).join(", ")} ms of ${took.length}`,
  );
  line("memory in use, MB", memory.map((mb) => mb.toFixed(1)).join(" "));
};

const rate = await calibrated();
console.log(
  `the learner takes ${Math.round(rate)} samples a second, the source brings up to ${Math.round(10 * rate)}`,
);
for (const mode of values.mode) await run(mode, rate);
