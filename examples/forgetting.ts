import {
  adam,
  type Batch,
  categoricalCrossentropy,
  chain,
  classBalancedReservoir,
  darkExperience,
  dense,
  ewc,
  type Loss,
  type Model,
  matrix,
  minibatch,
  model,
  newest,
  type PrequentialStep,
  prequential,
  prioritized,
  type Rule,
  replay,
  reservoir,
  type Sample,
} from "rxgrad";
import { from, lastValueFrom, type OperatorFunction, Subject, tap } from "rxjs";
import { whenMain } from "./whenMain.ts";

type Learning = OperatorFunction<Batch, PrequentialStep<Record<never, never>>>;

const crossentropy = categoricalCrossentropy({ fromLogits: true });
const dark = darkExperience(crossentropy, { alpha: 0.3, beta: 0.5 });
const learn = (net: Model, loss: Loss = crossentropy, optimizer: Rule = adam(0.01)) =>
  prequential(net, { loss, optimizer });

/** Ways to learn; `ends$` emits when a concept has ended, of which only ewc wants to be told. */
const ways: Readonly<Record<string, (net: Model, seed: number, ends$: Subject<void>) => Learning>> = {
  "no replay": (net) => learn(net),
  "newest(300)": (net, seed) => replay(newest(300, { seed }), learn(net)),
  "reservoir(300)": (net, seed) => replay(reservoir(300, { seed }), learn(net)),
  "classBalancedReservoir(300)": (net, seed) => replay(classBalancedReservoir(300, { seed }), learn(net)),
  "prioritized(reservoir(300))": (net, seed) =>
    replay(prioritized(reservoir(300, { seed }), { seed }), learn(net), { loss: crossentropy }),
  "reservoir(300), darkExperience": (net, seed) =>
    replay(reservoir(300, { seed }), learn(net, dark), { logits: true }),
  "ewc, no replay": (net, _, ends$) =>
    learn(net, crossentropy, ewc(adam(0.01), { lambda: 1000, consolidate: ends$ })),
};

/** Four clouds of points in eight dimensions, a class each: the first concept has the first two, the second the others. */
const concept = (first: boolean, count: number, normal: () => number): Sample[] =>
  Array.from({ length: count }, (_, i) => {
    const y = (first ? 0 : 2) + (i % 2);
    const x = Array.from({ length: 8 }, () => 0.7 * normal());
    x[y % 2]! += y < 2 ? 2 : -2;
    return { x, y };
  });

/** How many of these samples, in a hundred, the model tells rightly. */
const percentRight = (net: Model, samples: readonly Sample[]): number => {
  const { data, cols } = net.predict(matrix(samples.map(({ x }) => x)));
  const right = samples.filter(({ y }, i) => {
    const logits = [...data.subarray(i * cols, (i + 1) * cols)];
    return logits.indexOf(Math.max(...logits)) === y;
  });
  return (100 * right.length) / samples.length;
};

/** Learns one concept and then another, and says what is left of the first, and what is known of the second. */
const forgettingOf = async (way: (typeof ways)[string], seed: number) => {
  const normal = normals(seed);
  const [one, other] = [concept(true, 2000, normal), concept(false, 2000, normal)];
  const [heldOne, heldOther] = [concept(true, 500, normal), concept(false, 500, normal)];
  const net = model(chain(dense(8, 32, { activation: "relu" }), dense(32, 4)), {
    seed,
    numerics: "reproducible",
  });
  const ends$ = new Subject<void>();
  let [learned, before] = [0, 0];
  await lastValueFrom(
    from([...one, ...other]).pipe(
      minibatch(10),
      way(net, seed, ends$),
      tap(({ size }) => {
        learned += size;
        if (learned !== one.length) return;
        before = percentRight(net, heldOne);
        ends$.next();
      }),
    ),
  );
  return { before, after: percentRight(net, heldOne), second: percentRight(net, heldOther) };
};

/** Numbers from a normal distribution (Box & Muller, 1958) by a generator of Lehmer, so that everybody has the same. */
const normals = (seed: number): (() => number) => {
  let state = 48271 * (seed + 1);
  const uniform = () => {
    state = (state * 48271) % 0x7fffffff;
    return state / 0x7fffffff;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
};

/** Memory against forgetting: what each way of learning forgets of a first concept while it learns a second. */
export const forgetting = async (log: (line: string) => void = console.log, seeds = [1, 2, 3, 4, 5]) => {
  const average = (all: readonly number[]) => all.reduce((sum, one) => sum + one) / all.length;
  const table: Record<string, { before: number; after: number; second: number; drops: number[] }> = {};
  log("| | first concept | after the second | drop | second concept |");
  log("|---|---|---|---|---|");
  for (const [name, way] of Object.entries(ways)) {
    const runs: Awaited<ReturnType<typeof forgettingOf>>[] = [];
    for (const seed of seeds) runs.push(await forgettingOf(way, seed));
    const before = average(runs.map((run) => run.before));
    const after = average(runs.map((run) => run.after));
    const second = average(runs.map((run) => run.second));
    table[name] = { before, after, second, drops: runs.map((run) => run.before - run.after) };
    const cells = [before, after, before - after, second].map((value) => value.toFixed(1));
    log(`| ${name} | ${cells.join(" | ")} |`);
  }
  return table;
};

whenMain(import.meta.url, () => forgetting());
