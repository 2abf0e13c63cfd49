// npm run simulate: the table of many workers, and docs/scale-simulation.svg.
import { writeFileSync } from "node:fs";
import { type Compression, costsOf, dataCentre, measured, oneMachine } from "./constants.ts";
import { plot } from "./plot.ts";
import type { Outcome } from "./scenario.ts";
import { simulate } from "./simulation.ts";

const workers = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000];
const partitions = [1, 2, 4, 10, 32, 100];
const models = [10_000, 100_000, 1_000_000];
const ways: readonly Compression[] = ["none", "int8"];
const constants = measured();
const site = dataCentre(constants);

const short = (n: number): string =>
  n < 1000 ? n.toFixed(n < 10 ? 1 : 0) : n < 1e6 ? `${Math.round(n / 1000)} k` : `${(n / 1e6).toFixed(1)} M`;
const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map((_, i) => (i === 0 ? "---" : "---:")), ...rows]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");

const found = new Map<string, Outcome>();
const outcome = (weights: number, compress: Compression, n: number, p: number): Outcome => {
  const key = [weights, compress, n, p].join();
  const known = found.get(key);
  if (known) return known;
  const costs = costsOf(constants, weights, compress);
  const one = simulate({ workers: n, partitions: p, costs, site });
  found.set(key, one);
  return one;
};

console.log(
  `Constants of ${constants.costs.date}, ${constants.costs.machine}\n\n## Predicted beside measured, on one machine\n`,
);
console.log(
  table(
    ["workers", "others use cores", "measured, events/s", "simulated", "ratio"],
    constants.workers.runs.map(({ workers, throughput, others }) => {
      const costs = costsOf(constants, 94_941, "none");
      const one = simulate({ workers, partitions: 12, costs, site: oneMachine(constants, others) });
      const ratio = (one.throughput / throughput).toFixed(2);
      return [String(workers), others.toFixed(2), short(throughput), short(one.throughput), ratio];
    }),
  ),
);
for (const weights of models)
  for (const compress of ways) {
    console.log(
      `\n## ${weights.toLocaleString("en")} weights, ${compress === "none" ? "not compressed" : compress}\n`,
    );
    const rows = workers.map((n) => {
      const cells = partitions.map((p) => outcome(weights, compress, n, p));
      return [
        String(n),
        ...cells.map(({ speedup, steps }) => `${speedup.toFixed(speedup < 10 ? 1 : 0)} (${short(steps)})`),
      ];
    });
    console.log(table(["workers", ...partitions.map((p) => `${p} partition${p > 1 ? "s" : ""}`)], rows));
  }
console.log(
  "\nTimes the events a second of one worker that tells nobody of anything; in brackets H, the steps of a round.\n",
);
console.log(
  table(
    [
      "100 workers, 100 partitions",
      "events/s",
      "seconds a round",
      "wire of the log",
      "server of the log",
      "server of the input",
    ],
    models.flatMap((weights) =>
      ways.map((compress) => {
        const { throughput, time, wire, server, feeding } = outcome(weights, compress, 100, 100);
        const parts = [wire, server, feeding].map((part) => `${(100 * part).toFixed(0)} %`);
        return [`${short(weights)}, ${compress}`, short(throughput), (time / 6000).toFixed(1), ...parts];
      }),
    ),
  ),
);

const curves = models.flatMap((weights) =>
  ways.map((compress) => ({
    label: `${short(weights)}, ${compress === "none" ? "as it is" : compress}`,
    points: workers.map((n) => [n, outcome(weights, compress, n, 100).speedup] as const),
  })),
);
const ideal = { label: "ideal", points: workers.map((n) => [n, Math.min(n, 100)] as const) };
const title = "Simulated: many workers, 100 partitions";
const axes = { x: "workers", y: "times the throughput of one" };
writeFileSync("docs/scale-simulation.svg", plot(curves, { title, ...axes, ideal }));
