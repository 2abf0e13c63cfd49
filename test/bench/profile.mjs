import { mkdirSync, writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { fileURLToPath } from "node:url";
import { contenders } from "./contenders/contenders.mjs";
import { dataOf, dense, workloads } from "./workloads.mjs";

// Where one contender spends its time in one workload: the functions by their own share, and a profile for the browser's
// tools. npm run bench:profile -- "pipe.*10-16-1" "rxgrad pipe"
const [what = "train 10-16-1", who = "rxgrad train", seconds = "2"] = process.argv.slice(2);
const workload = workloads.find(({ name }) => new RegExp(what).test(name));
const contender = contenders.find(({ name, tasks }) => name === who && tasks.includes(workload?.task));
if (!contender) throw new Error(`expects a workload and one of its contenders, got ${what} and ${who}`);

const { load } = await import(`./contenders/${contender.module}.mjs`);
const data = dataOf(workload);
const { run } = await load(workload, contender.sparse ? data : dense(data, workload), contender.variant);
let n = 1;
for (let took = 0; took < 0.2; n *= 2) {
  const start = performance.now();
  await run(n);
  took = (performance.now() - start) / 1000;
}

const session = new Session();
session.connect();
await session.post("Profiler.enable");
await session.post("Profiler.setSamplingInterval", { interval: 200 });
await session.post("Profiler.start");
const busy = process.cpuUsage();
const start = performance.now();
let steps = 0;
for (; performance.now() - start < 1000 * Number(seconds); steps += n) await run(n);
const { user, system } = process.cpuUsage(busy);
const { profile } = await session.post("Profiler.stop");

const root = new URL("../../", import.meta.url).href;
const shortened = (url) => url.replace(root, "").replace(/^.*node_modules\//, "");
const own = new Map();
for (const { callFrame, hitCount } of profile.nodes) {
  const { functionName, url, lineNumber } = callFrame;
  const name = `${functionName || "(anonymous)"}${url ? ` ${shortened(url)}:${lineNumber + 1}` : ""}`;
  own.set(name, (own.get(name) ?? 0) + hitCount);
}
own.delete("(idle)");
const total = [...own.values()].reduce((sum, count) => sum + count, 0);
console.log(
  `${workload.name}, ${who}: ${((user + system) / steps).toFixed(2)} µs of the processor's time a step`,
);
for (const [name, count] of [...own].sort(([, a], [, b]) => b - a).slice(0, 25))
  console.log(`${((100 * count) / total).toFixed(1).padStart(6)} %  ${name}`);
const out = fileURLToPath(new URL("../../out", import.meta.url));
mkdirSync(out, { recursive: true });
writeFileSync(`${out}/bench.cpuprofile`, JSON.stringify(profile));
