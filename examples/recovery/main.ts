import {
  adagrad,
  adam,
  adapting,
  alertOnly,
  binaryCrossentropy,
  chain,
  conceptDrift,
  type DriftPolicy,
  dense,
  hddmW,
  inverseTime,
  minibatch,
  model,
  type Rule,
  raiseRate,
  resetOptimizer,
  restart,
  type SyntheticSample,
  sea,
  sgd,
  sineConcept,
  stagger,
  swapBackground,
} from "rxgrad";
import { from, map } from "rxjs";
import { whenMain } from "../whenMain.ts";

type Stream = (seed: number) => Iterable<SyntheticSample>;

const position = 3000;
const count = 5000;

/** Each turns into another concept after 3000 samples, all at once. */
const streams: Readonly<Record<string, Stream>> = {
  "sine, turned round": (seed) =>
    conceptDrift(sineConcept(0, { seed }), sineConcept(1, { seed: seed + 100 }), { position, count }),
  stagger: (seed) =>
    conceptDrift(stagger(0, { seed }), stagger(2, { seed: seed + 100 }), { position, count }),
  sea: (seed) => conceptDrift(sea(2, { seed }), sea(3, { seed: seed + 100 }), { position, count }),
};

/** One that keeps its pace, and two that settle. */
const settling = inverseTime(0.3, { rate: 0.01 });
const rules: readonly Rule[] = [adam(0.01), adagrad(0.1), sgd(settling)];

const policies: readonly DriftPolicy[] = [
  alertOnly(),
  resetOptimizer(),
  raiseRate({ factor: 10, steps: 300 }),
  swapBackground(),
  restart(),
];

/** How many of the 500 samples after the drift were predicted rightly, in a hundred, and when that was as before it. */
const recoveryOf = (stream: Stream, rule: Rule, policy: DriftPolicy, seed: number) => {
  const net = model(chain(dense(3, 16, { activation: "tanh" }), dense(16, 1, { activation: "sigmoid" })), {
    seed,
    numerics: "reproducible",
  });
  const right: number[] = [];
  from(stream(seed))
    .pipe(
      map(({ x, y }) => ({ x: [0, 1, 2].map((j) => x[j] ?? 0), y })),
      minibatch(1),
      adapting(net, {
        loss: binaryCrossentropy(),
        optimizer: rule,
        detector: hddmW(),
        monitor: ({ prediction, target }) => Number(prediction.data[0]! > 0.5 !== target.data[0]! > 0.5),
        policy,
      }),
    )
    .subscribe(({ prediction, target }) => {
      right.push(Number(prediction.data[0]! > 0.5 === target.data[0]! > 0.5));
    });
  const share = (from: number, to: number) =>
    (100 * right.slice(from, to).reduce((sum, one) => sum + one, 0)) / (to - from);
  const before = share(position - 500, position);
  let t = position + 100;
  while (t < count && share(t - 100, t) < before - 3) t++;
  return { before, after: share(position, position + 500), back: t - position };
};

/** Policies on drift: how soon a model that learns on is as good as it was. */
export const recovery = (log: (line: string) => void = console.log, seeds = [1, 2, 3, 4, 5]) => {
  const mean = (all: readonly number[]) => all.reduce((sum, one) => sum + one) / all.length;
  const table: Record<string, ReturnType<typeof recoveryOf>[]> = {};
  log(`| stream, optimizer | before | ${policies.map(({ source }) => `\`${source}\``).join(" | ")} |`);
  log(`|---|---|${policies.map(() => "---|").join("")}`);
  for (const [name, stream] of Object.entries(streams))
    for (const rule of rules) {
      const row = policies.map((policy) => {
        const runs = seeds.map((seed) => recoveryOf(stream, rule, policy, seed));
        const meanOf = (what: keyof (typeof runs)[0]) => mean(runs.map((run) => run[what]));
        return { before: meanOf("before"), after: meanOf("after"), back: meanOf("back") };
      });
      table[`${name}, ${rule.source}`] = row;
      const cells = row.map(({ after, back }) => `${after.toFixed(1)} (${back.toFixed(0)})`);
      log(`| ${name}, ${rule.source} | ${row[0]!.before.toFixed(1)} | ${cells.join(" | ")} |`);
    }
  return table;
};

whenMain(import.meta.url, () => recovery());
