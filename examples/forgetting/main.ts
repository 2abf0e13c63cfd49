import { chain, dense, type Model, matrix, minibatch, model, type Sample } from "rxgrad";
import { from, lastValueFrom, Subject, tap } from "rxjs";
import { whenMain } from "../whenMain.ts";
import { concept, normals } from "./concepts.ts";
import { type Way, ways } from "./ways.ts";

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
const forgettingOf = async (way: Way, seed: number) => {
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
