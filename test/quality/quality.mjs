import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { SingleBar } from "cli-progress";
import { csvStream } from "./csv.mjs";
import { measure, streams as own } from "./measure.mjs";
import { markdownOf, tableOf, textOf } from "./report.mjs";

const usage = `npm run quality -- [files.csv --target <column>] [options]
  the one default beside baselines, predicted and then learned, over all streams, or the rows of the files in their order
  --target <column>   what is to be predicted, in each file
  --task <task>       classification or regression, where it cannot be told from the target
  --only <regex>      streams whose names match: ${own.map(({ name }) => name).join("; ")}
  --seeds <number>    3
  --quick             one seed of the first 2,000 events`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    target: { type: "string" },
    task: { type: "string" },
    only: { type: "string", default: "" },
    seeds: { type: "string" },
    quick: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (options.help) {
  console.log(usage);
  process.exit();
}
const streamsOf = (paths) => {
  if (options.task !== undefined && !["classification", "regression"].includes(options.task))
    throw new Error(`--task expects classification or regression, got ${options.task}`);
  return paths.length > 0 ? paths.map((path) => csvStream(path, options)) : own;
};
let streams;
try {
  streams = streamsOf(positionals);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
const chosen = streams.filter(({ name }) => new RegExp(options.only).test(name));
const seeds = Array.from({ length: Number(options.seeds ?? (options.quick ? 1 : 3)) }, (_, i) => i + 1);
const limit = options.quick ? { limit: 2000 } : {};

const bar = process.stderr.isTTY
  ? new SingleBar({ format: "{bar} {percentage} % {what}", barsize: 20, fps: 5, clearOnComplete: true })
  : undefined;
const watch = {
  start: (total) => bar?.start(total, 0, { what: "" }),
  turn: (what) => bar?.update({ what }),
  tick: (n) => bar?.increment(n),
  stop: () => bar?.stop(),
};

const measured = [];
for (const stream of chosen) {
  const one = await measure(stream, { seeds, ...limit, watch });
  measured.push(one);
  console.log(`${one.stream} (${one.task}, ${one.events.toLocaleString("en-US")} events)`);
  console.log(`${textOf(tableOf(one))}\n`);
}

const out = fileURLToPath(new URL("../../out/", import.meta.url));
mkdirSync(out, { recursive: true });
writeFileSync(`${out}quality.json`, `${JSON.stringify({ seeds, measured }, null, 1)}\n`);
writeFileSync(
  `${out}quality.md`,
  `# Quality\n\nMeans over seeds ${seeds.join(", ")}, ± half of the range.\n\n${markdownOf(measured)}`,
);
