import { execFileSync, spawn } from "node:child_process";
import { loadavg } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { model, sgd, trainer } from "../../dist/index.js";
import { blas } from "../../dist/node/blas.js";
import { lossOf, planOf, setWeights } from "./contenders/rxgrad.mjs";
import { median } from "./measure.mjs";
import { start } from "./processes.mjs";
import { dataOf, workloads } from "./workloads.mjs";

// Large batches: one thread, two, a native BLAS, V8 with 256-bit vectors, and PyTorch, step by step in turns.
//   node test/bench/large.mjs [--seconds 60]     after npm run build

const large = workloads.filter(({ task, batch }) => task === "train" && batch >= 128);
const flag = "--experimental-wasm-revectorize";

/** The answer of one contender's process to `{ op: "load", … }` and `{ op: "run", n }`, one line of JSON each. */
const serve = () => {
  let learn;
  const operations = {
    load: ({ name, threads = 1, native }) => {
      const workload = large.find((one) => one.name === name);
      const { weights, batches } = dataOf(workload);
      const { sizes, batch, rate } = workload;
      const net = model(planOf(sizes), native ? { kernels: blas() } : { threads });
      setWeights(net.parameters, weights);
      const engine = trainer(net, { loss: lossOf(sizes), optimizer: sgd(rate) });
      let at = 0;
      learn = () => {
        const { x, y } = batches[at++ % batches.length];
        const xs = { rows: batch, cols: sizes[0], data: x };
        return engine.learn({ x: xs, y: { rows: batch, cols: sizes.at(-1), data: y } }).loss;
      };
      return { note: net.weights.kernels.name };
    },
    run: ({ n }) => {
      const busy = process.cpuUsage();
      const begin = performance.now();
      let loss;
      for (let i = 0; i < n; i++) loss = learn();
      const seconds = (performance.now() - begin) / 1000;
      const { user, system } = process.cpuUsage(busy);
      return { seconds, cpuSeconds: (user + system) / 1e6, loss };
    },
  };
  createInterface({ input: process.stdin }).on("line", (line) => {
    const request = JSON.parse(line);
    console.log(JSON.stringify(operations[request.op](request)));
  });
};

/** Starts one in a process of its own: a Node, with its flags, and the model's options. */
const startNode = async ({ node, flags, options }, { name }) => {
  const child = spawn(node, [...flags, fileURLToPath(import.meta.url), "--serve"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (request) => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    return JSON.parse((await answers.next()).value);
  };
  const { note } = await ask({ op: "load", name, ...options });
  return { ask, note, end: () => child.stdin.end() };
};

const startTorch = async (workload) => {
  const { process, loaded } = await start({ module: "pytorch.py" }, workload);
  if (loaded.failed) throw new Error(loaded.failed);
  return { ask: process.ask, note: loaded.note, end: process.end };
};

const contenders = () => {
  const newer = execFileSync("npx", ["-y", "node@24", "-p", "process.execPath"], { encoding: "utf8" }).trim();
  const ways = [
    ["one thread", {}],
    ["two threads", { threads: 2 }],
    ["rxgrad/blas", { native: true }],
  ];
  const on = (node, label, flags = []) =>
    ways.map(([way, options]) => ({ label: `${label}, ${way}`, node, flags, options }));
  return [
    ...on(process.execPath, `Node ${process.versions.node.split(".")[0]}`),
    ...on(newer, "Node 24"),
    ...on(newer, "Node 24, revectorized", [flag]).slice(0, 2),
  ];
};

const measure = async (workload, seconds) => {
  const running = [];
  for (const one of contenders())
    running.push({ ...one, ...(await startNode(one, workload)), times: [], busy: [], losses: [] });
  try {
    running.push({
      label: "PyTorch, one thread",
      ...(await startTorch(workload)),
      times: [],
      busy: [],
      losses: [],
    });
  } catch (error) {
    console.log(`without PyTorch: ${error.message}`);
  }
  const load = [];
  const turn = async (one, n) => {
    const { seconds: spent, cpuSeconds, loss } = await one.ask({ op: "run", n });
    one.times.push((spent / n) * 1e6);
    one.busy.push((cpuSeconds / n) * 1e6);
    one.losses.push(loss);
    return spent;
  };
  for (const one of running) for (let i = 0; i < 20; i++) await turn(one, 1); // the proof, and the warm-up
  const proofs = running.map(({ losses }) => losses.slice(0, 20));
  for (const one of running) one.times.length = one.busy.length = 0;
  for (let spent = 0; spent < seconds; ) {
    for (const one of running) spent += await turn(one, 1);
    load.push(loadavg()[0]);
  }
  for (const one of running) one.end();
  const torch = running.at(-1);
  const cell = (of, one) => {
    const own = of(one.times);
    return `${Math.round(own)} (${(own / of(torch.times)).toFixed(2)})`;
  };
  const fastest = (times) => Math.min(...times);
  console.log(
    `\n${workload.name}: µs a step; ${load.length} turns of one step, ${median(load).toFixed(1)} processes ready at once\n`,
  );
  console.log("| | fastest | median | processor's time | losses differ from the first's by |");
  console.log("|---|---|---|---|---|");
  running.forEach((one, i) => {
    const far = Math.max(
      ...proofs[i].map((loss, step) => Math.abs(loss - proofs[0][step]) / proofs[0][step]),
    );
    const busy = Math.round(median(one.busy));
    console.log(
      `| ${[one.label, cell(fastest, one), cell(median, one), busy, far.toExponential(0)].join(" | ")} |`,
    );
  });
};

const { values } = parseArgs({
  options: { serve: { type: "boolean" }, seconds: { type: "string", default: "60" } },
});
if (values.serve) serve();
else for (const workload of large) await measure(workload, Number(values.seconds));
