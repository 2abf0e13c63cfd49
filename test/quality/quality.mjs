import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { SingleBar } from "cli-progress";
import { contestantsOf } from "./contestants.mjs";
import { csvStream } from "./csv.mjs";
import { flights } from "./flights.mjs";
import { mails } from "./mails.mjs";
import { markdownOf, tableOf, textOf } from "./report.mjs";
import { run } from "./run.mjs";
import { synthetic } from "./synthetic.mjs";

const own = [...flights, ...mails, ...synthetic];
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
const streams = positionals.length > 0 ? positionals.map((path) => csvStream(path, options)) : own;
const chosen = streams.filter(({ name }) => new RegExp(options.only).test(name));
const seeds = Array.from({ length: Number(options.seeds ?? (options.quick ? 1 : 3)) }, (_, i) => i + 1);
const limit = options.quick ? { limit: 2000 } : {};

const bar = process.stderr.isTTY
  ? new SingleBar({ format: "{bar} {percentage} % {what}", barsize: 20, fps: 5, clearOnComplete: true })
  : undefined;

/** The seeds of a baseline and of a stream that is there already would all say the same. */
const seedsOf = (stream, { name }) =>
  stream.synthetic || name === "default" || name.startsWith("linear") ? seeds : seeds.slice(0, 1);

const measured = [];
for (const stream of chosen) {
  const fixed = stream.synthetic ? undefined : await stream.load(limit);
  const loaded = async (seed) => fixed ?? (await stream.load({ seed, ...limit }));
  const { length } = (await loaded(1)).items;
  const contestants = contestantsOf(stream);
  bar?.start(contestants.reduce((sum, one) => sum + seedsOf(stream, one).length, 0) * length, 0, {
    what: stream.name,
  });
  const results = [];
  for (const contestant of contestants) {
    const readings = [];
    for (const seed of seedsOf(stream, contestant)) {
      bar?.update({ what: `${stream.name}: ${contestant.name}, seed ${seed}` });
      readings.push(run(stream, contestant, await loaded(seed), seed, (n) => bar?.increment(n)));
    }
    results.push({ name: contestant.name, seeds: readings });
  }
  bar?.stop();
  const one = { stream: stream.name, task: stream.task, events: length, results };
  measured.push(one);
  console.log(`${stream.name} (${stream.task}, ${length.toLocaleString("en-US")} events)`);
  console.log(`${textOf(tableOf(one))}\n`);
}

const out = fileURLToPath(new URL("../../out/", import.meta.url));
mkdirSync(out, { recursive: true });
writeFileSync(`${out}quality.json`, `${JSON.stringify({ seeds, measured }, null, 1)}\n`);
writeFileSync(
  `${out}quality.md`,
  `# Quality\n\nMeans over seeds ${seeds.join(", ")}, ± half of the range.\n\n${markdownOf(measured)}`,
);
