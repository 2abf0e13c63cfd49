import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { contenders } from "./contenders/contenders.mjs";
import { install } from "./install.mjs";
import { measure } from "./measure.mjs";
import { measureImports, measureStart } from "./others.mjs";
import { start } from "./processes.mjs";
import { markdownOf, overviewOf, rowsOf, settingOf, textOf } from "./report.mjs";
import { workloads } from "./workloads.mjs";

const usage = `npm run bench -- [options]
  --only <regex>      workloads whose names match: ${workloads.map(({ name }) => name).join("; ")}
  --peers <names>     of ${[...new Set(contenders.map(({ peer }) => peer))].join(",")}; all of them
  --seconds <number>  of measuring, for each contender in each workload; 1
  --quick             0.2 seconds in 3 rounds instead of 5
  --browser           two of them on pages of headless Chromium instead
  --no-build          measures dist as it is`;

const { values: options } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    peers: { type: "string" },
    seconds: { type: "string" },
    quick: { type: "boolean", default: false },
    browser: { type: "boolean", default: false },
    "no-build": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (options.help) {
  console.log(usage);
  process.exit();
}

const terminal = process.stderr.isTTY;
/** Shows what goes on, where somebody looks; elsewhere a workload's table is the news. */
const say = (what) => {
  if (terminal) process.stderr.write(`\r\x1b[K${what.slice(0, (process.stderr.columns ?? 80) - 1)}`);
};
const tell = (text) => {
  if (terminal) process.stderr.write("\r\x1b[K");
  console.log(text);
};

const rounds = options.quick ? 3 : 5;
const seconds = Number(options.seconds ?? (options.quick ? 0.2 : 1));
const only = new RegExp(options.only);
const peers = options.peers?.split(",");
/** Plain loops are what everyone is held against, so they always run. */
const isWanted = ({ peer }) => !peers || peers.includes(peer) || peer === "plain";

const resultsOf = async (workload) => {
  if (workload.task === "import") return measureImports(3 * rounds, say);
  if (workload.task === "start") return measureStart(options.quick ? 1 : 3, say);
  const able = chosen.filter(({ tasks }) => tasks.includes(workload.task));
  return measure(workload, able, { start: pages?.start ?? start, seconds, rounds, say });
};

install({ build: !options["no-build"], say: terminal ? say : tell });
const browser = options.browser ? await import("./browser.mjs") : undefined;
const pages = await browser?.startOnPages();
const chosen = contenders.filter(isWanted).filter(browser?.runsOnPages ?? (() => true));
const setting = {
  date: new Date().toISOString(),
  node: process.versions.node,
  v8: process.versions.v8,
  flags: process.execArgv,
  ...(pages ? { chromium: pages.version } : {}),
  cpu: cpus()[0].model,
  cores: cpus().length,
  seconds,
  rounds,
  load: [loadavg()[0]],
};
const measured = [];
for (const workload of (browser?.pageWorkloads ?? workloads).filter(({ name }) => only.test(name))) {
  const start = performance.now();
  const results = await resultsOf(workload);
  measured.push({ name: workload.name, task: workload.task, results });
  const took = ((performance.now() - start) / 1000).toFixed(0);
  tell(`\n${workload.name} (${took} s)\n${textOf(rowsOf(measured.at(-1)))}`);
}
setting.load.push(loadavg()[0]);
await pages?.close();

const sectionOf = (one) => `### ${one.name}\n\n${markdownOf(rowsOf(one))}`;
const out = fileURLToPath(new URL("../../out", import.meta.url));
const file = pages ? "bench-browser" : "bench";
mkdirSync(out, { recursive: true });
writeFileSync(`${out}/${file}.json`, `${JSON.stringify({ ...setting, workloads: measured }, null, 2)}\n`);
writeFileSync(
  `${out}/${file}.md`,
  `${[settingOf(setting), overviewOf(measured), ...measured.map(sectionOf)].filter(Boolean).join("\n\n")}\n`,
);
tell(`\n${settingOf(setting)} Also in out/${file}.json and out/${file}.md.`);
