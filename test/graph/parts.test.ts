import {
  adapting,
  adwin,
  type Batch,
  type Candidate,
  chain,
  type DriftPolicy,
  dense,
  learner,
  load,
  matrix,
  meanSquaredError,
  model,
  pool,
  poolLearner,
  random,
  save,
  serving,
  sgd,
  shadow,
  swapBackground,
  train,
} from "rxgrad";
import { from, map, Subject } from "rxjs";
import { expect, it } from "vitest";
import { takePart } from "../../src/graph/parts.ts";

const loss = meanSquaredError();
const rng = random(2);
const batches: readonly Batch[] = Array.from({ length: 40 }, () => {
  const x = rng.normal();
  return { x: matrix([[x]]), y: matrix([[2 * x]]) };
});
const made = (seed = 1) => model(chain(dense(1, 1)), { seed });

it("steps count on after load(), whoever learned before", () => {
  const net = made();
  const learning = learner(net, { loss, optimizer: sgd(0.01) });
  for (const batch of batches) learning.learnBatch(batch);
  const other = made();
  load(other, save(net));
  const ids: number[] = [];
  from(batches)
    .pipe(train(other, { loss, optimizer: sgd(0.01) }))
    .subscribe(({ id }) => ids.push(id));
  expect(ids).toEqual(batches.map((_, i) => 40 + i));
});

it("steps of shadow() count on with the state of their service", () => {
  const of = () =>
    serving({
      champion: { model: made(1), loss, optimizer: sgd(0.01) },
      challenger: { model: made(2), loss, optimizer: sgd(0.02) },
      metric: { init: () => 0, step: (n: number) => n, read: (n: number) => n },
    });
  const idsOf = (service: ReturnType<typeof of>, from$: readonly Batch[]): number[] => {
    const ids: number[] = [];
    from(from$)
      .pipe(shadow(service))
      .subscribe(({ id }) => ids.push(id));
    return ids;
  };
  const [first, second] = [of(), of()];
  idsOf(first, batches);
  const models = ({ champion, challenger }: ReturnType<typeof of>) => ({ champion, challenger });
  load(models(second), save(models(first), { parts: { first } }), { parts: { first: second } });
  expect(idsOf(second, batches.slice(0, 2))).toEqual([40, 41]);
});

const candidates = (): Candidate<"steady" | "wild">[] => [
  { name: "steady", model: made(1), optimizer: sgd(0.01) },
  { name: "wild", model: made(2), optimizer: sgd(1e30) },
];
const modelsOf = (list: readonly Candidate[]) =>
  Object.fromEntries(list.map(({ name, model }) => [name, model]));

it("a pool goes on with its weights, and without those that had failed", () => {
  const own = candidates();
  const failed: string[] = [];
  from(batches)
    .pipe(pool(own, { loss }))
    .subscribe({ next: (step) => failed.push(...step.failed.map(({ name }) => name)), complete: () => {} });
  const learning = poolLearner(candidates(), { loss });
  for (const batch of batches) learning.learnBatch(batch);
  expect(failed).toEqual(["wild"]);

  const running = candidates();
  const first = poolLearner(running, { loss });
  for (const batch of batches) first.learnBatch(batch);
  const bytes = save(modelsOf(running));
  const later = candidates();
  load(modelsOf(later), bytes);
  const steps: unknown[] = [];
  from(batches.slice(0, 3)) // an operator where there was a learner
    .pipe(pool(later, { loss }))
    .subscribe(({ id, weights, failed }) => steps.push([id, weights.wild, failed]));
  expect(steps).toEqual([40, 41, 42].map((id) => [id, 0, []]));
});

it("poolLearner() takes its option state before one that was loaded, and load() takes files from before there was one", () => {
  const running = candidates();
  const first = poolLearner(running, { loss });
  const fresh = first.state();
  const before = save(modelsOf(candidates())); // nothing at work
  for (const batch of batches) first.learnBatch(batch);
  const later = candidates();
  load(modelsOf(later), save(modelsOf(running)));
  const second = poolLearner(later, { loss, state: fresh });
  expect(first.combined().failed).toEqual([1]);
  expect(second.combined().failed).toEqual([]);
  expect(() => load(modelsOf(running), before)).toThrow("states of the 1 parts at work (sgd(0.01))");
});

it("a part that may lack a state leaves that of the next one to it", () => {
  const net = made();
  const got: unknown[] = [];
  const part = (source: string, optional = false) => ({
    source,
    optional,
    get: () => 0,
    set: (state: unknown) => got.push([source, state]),
  });
  const ends = [takePart(net.weights.parts, part("a")), takePart(net.weights.parts, part("c"))];
  const bytes = save(net);
  for (const end of ends) end();
  load(net, bytes);
  for (const [source, optional] of [["a", false], ["b", true], ["c", false]] as const) // biome-ignore format: pairs
    takePart(net.weights.parts, part(source, optional));
  expect(got).toEqual([["a", 0], ["c", 0]]); // biome-ignore format: pairs
  load(net, bytes); // all at work
  expect(got).toHaveLength(4);
});

/** A policy of one's own, which counts. */
const counting = (seen: number[]): DriftPolicy => ({
  source: "counting()",
  start: () => {
    let count = 0;
    return {
      react: () => {
        seen.push(++count);
        return "none";
      },
      state: {
        get: () => count,
        set: (saved) => {
          count = saved as number;
        },
      },
    };
  },
});

it("adapting() keeps the state of a policy of one's own", () => {
  const seen: number[] = [];
  const options = { loss, optimizer: sgd(0.01), policy: counting(seen) };
  const net = made();
  let bytes = new Uint8Array();
  from(batches)
    .pipe(adapting(net, options))
    .subscribe(() => {
      bytes = save(net);
    });
  const other = made();
  load(other, bytes);
  from(batches.slice(0, 2)).pipe(adapting(other, options)).subscribe();
  expect(seen.slice(-2)).toEqual([41, 42]);
});

it("swapBackground() goes on with the model beside, or refuses one of another plan, and lets another policy be refused", () => {
  const warning = { init: () => 0, step: (n: number) => n, read: () => ({ drift: false, warning: true }) };
  const policy = swapBackground();
  const options = { loss, optimizer: sgd(0.01), detector: warning as never, policy };
  const net = made();
  let bytes = new Uint8Array();
  let found: unknown;
  from(batches)
    .pipe(adapting(net, options))
    .subscribe(() => {
      bytes = save(net);
      found = [...net.weights.parts.running].find(({ source }) => source.startsWith("policy"))?.get();
    });
  const ends = (state: unknown): unknown => {
    const other = made();
    load(other, bytes);
    for (const one of other.weights.parts.waiting)
      if (one.source.startsWith("policy"))
        Object.assign(one, { resume: (part: { set(s: unknown): void }) => part.set(state) });
    let end: unknown = "complete";
    const batches$ = new Subject<Batch>();
    batches$
      .pipe(
        adapting(other, options),
        map(({ adapted }) => adapted),
      )
      .subscribe({ next: (adapted) => (end = adapted), error: (error) => (end = error.message) });
    batches$.next(batches[0]!);
    return end;
  };
  expect(ends(found)).toBe("none"); // it has not started another
  const { seed, beside } = found as { seed: number; beside: { values: Float32Array; random: unknown } };
  expect(ends({ seed, beside: undefined })).toBe("background started");
  for (const wrong of [{ values: new Float32Array(3) }, { random: [] }, { parts: [] }, { values: "none" }])
    expect(ends({ seed, beside: { ...beside, ...wrong } })).toMatch(/^background expects/);

  const another = made();
  load(another, bytes);
  const said: string[] = [];
  from(batches)
    .pipe(adapting(another, { ...options, detector: adwin(), policy: counting([]) }))
    .subscribe({ error: (error) => said.push(error.message) });
  expect(said).toHaveLength(1);
});
