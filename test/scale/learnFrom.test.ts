import { setImmediate as turn } from "node:timers/promises";
import {
  concatMap,
  firstValueFrom,
  from,
  lastValueFrom,
  Subject,
  takeUntil,
  takeWhile,
  tap,
  toArray,
} from "rxjs";
import { expect, it } from "vitest";
import { mean } from "../../src/folds/mean.ts";
import type { MergeableFold } from "../../src/folds/mergeable.ts";
import { over } from "../../src/folds/over.ts";
import { model } from "../../src/graph/model.ts";
import { chain } from "../../src/graph/plan.ts";
import { dense } from "../../src/layers/dense.ts";
import { meanSquaredError } from "../../src/losses/meanSquaredError.ts";
import { invalid } from "../../src/math/invalid.ts";
import { random } from "../../src/math/random.ts";
import { adam } from "../../src/optimizers/adam.ts";
import { sgd } from "../../src/optimizers/sgd.ts";
import type { Compress } from "../../src/scale/compression.ts";
import { learnFrom } from "../../src/scale/learnFrom.ts";
import { memoryLog } from "../../src/scale/memoryLog.ts";
import { readMessage, writeMessage } from "../../src/scale/message.ts";
import { sharedVocabulary, type VocabularyReading } from "../../src/scale/sharedVocabulary.ts";
import { versions } from "../../src/scale/versions.ts";
import { minibatch } from "../../src/streams/minibatch.ts";
import { type ScoredStep, train } from "../../src/streams/train.ts";
import { arrayInput, type Event, eventsOf, tally } from "./arrays.ts";
import { manualClock } from "./manualClock.ts";
import { troubledLog } from "./troubledLog.ts";

const net = (seed = 1) =>
  model(chain(dense(3, 8, { activation: "tanh" }), dense(8, 1)), { seed, numerics: "reproducible" });
const common = {
  loss: meanSquaredError(),
  optimizer: sgd(0.05),
  samples: ({ x, y }: Event) => ({ x, y }),
  batch: 8,
};
const weightsOf = (m: ReturnType<typeof net>): readonly number[] => Array.from(m.weights.values.data);

it("learnFrom() with one worker and one step a round is train, bit by bit", async () => {
  const events = eventsOf(1, 200);
  for (const optimizer of [sgd(0.05), adam(0.01)]) {
    const [alone, together] = [net(), net()];
    await lastValueFrom(
      from(events.get("p0")!).pipe(minibatch(8), train(alone, { loss: common.loss, optimizer })),
    );
    const rounds = await lastValueFrom(
      learnFrom(arrayInput(events), {
        ...common,
        ...{ log: memoryLog(), worker: "a", model: together, optimizer, every: 1 },
      }).pipe(toArray()),
    );
    expect(weightsOf(together)).toEqual(weightsOf(alone));
    expect(rounds.filter(({ samples }) => samples > 0)).toHaveLength(25);
  }
});

it("learnFrom() gives four workers the same weights, each event once, and acknowledges all", async () => {
  const events = eventsOf(4, 200);
  const acked = new Set<Event>();
  const log = memoryLog();
  const nets = ["a", "b", "c", "d"].map((worker, i) => ({ worker, net: net(i) }));
  const lasts = await Promise.all(
    nets.map(({ worker, net }) =>
      lastValueFrom(
        learnFrom(arrayInput(events, { acked }), {
          ...common,
          ...{ log: log.client(), worker, model: net, every: 4, workers: 4, snapshotEvery: 3 },
          statistics: { seen: tally(), mean: over((e: Event) => e.y, mean()) },
        }),
      ),
    ),
  );
  for (const { net } of nets) expect(weightsOf(net)).toEqual(weightsOf(nets[0]!.net));
  expect(acked.size).toBe(800);
  const seen = lasts[0]!.shared.seen as Map<string, number>;
  expect(seen.size).toBe(800);
  expect(new Set(seen.values())).toEqual(new Set([1]));
  expect(lasts[0]!.members).toEqual(["a", "b", "c", "d"]);
});

/** Three workers, of whom some are killed at random and take their places again. */
const weightsAfter = async (kills: number, seed: number): Promise<Float32Array> => {
  const rng = random(seed);
  const events = eventsOf(3, 150);
  const log = memoryLog();
  const clock = manualClock(); // stands still: nobody is given up
  const finals: Float32Array[] = [];
  const start = (worker: string) => {
    const model = net();
    const own = troubledLog(log.client(), rng);
    const one = { own, worker, done: false, unsubscribe: () => {} };
    const subscription = learnFrom(arrayInput(events), {
      ...common,
      ...{ log: own, worker, model, optimizer: adam(0.01), renew: "round", leave: false, scheduler: clock },
      ...{ every: 3, workers: 3, snapshotEvery: 2, outer: { rate: 0.7, momentum: 0.9 } },
    }).subscribe({
      complete: () => {
        one.done = true;
        finals.push(model.weights.values.data.slice() as Float32Array);
      },
    });
    one.unsubscribe = () => subscription.unsubscribe();
    return one;
  };
  const all = ["a", "b", "c"].map(start);
  for (let tick = 0; finals.length < 3 && tick < 20_000; tick++) {
    await turn();
    const i = rng.below(3);
    if (kills === 0 || all[i]!.done || rng.below(6) > 0) continue;
    kills--;
    all[i]!.own.kill();
    all[i]!.unsubscribe();
    all[i] = start(all[i]!.worker);
  }
  expect(finals).toHaveLength(3);
  for (const final of finals) expect(final).toEqual(finals[0]);
  return finals[0]!;
};

it("learnFrom() comes to the same bits with kills as without", async () => {
  const clean = await weightsAfter(0, 1);
  for (let seed = 1; seed <= 20; seed++) expect(await weightsAfter(8, seed), `seed ${seed}`).toEqual(clean);
});

it("learnFrom() acknowledges the events of a round when it is closed, and none before", async () => {
  const acked = new Set<Event>();
  let learned = 0;
  await lastValueFrom(
    learnFrom(arrayInput(eventsOf(2, 100), { acked }), {
      ...common,
      ...{ log: memoryLog(), worker: "a", model: net(), every: 2 },
      samples: ({ x, y }) => {
        expect(acked.size).toBeLessThanOrEqual(learned);
        return { x, y };
      },
    }).pipe(
      tap(({ samples, round }) => {
        learned += samples;
        expect(acked.size, `round ${round}`).toBe(learned);
      }),
    ),
  );
  expect(acked.size).toBe(200);
});

it("learnFrom() recognises events that are delivered again", async () => {
  const events = eventsOf(1, 60);
  const source = arrayInput(events);
  const twice: typeof source = {
    ...source,
    async *open(partition, after, signal) {
      for await (const delivery of source.open(partition, after, signal)) {
        yield delivery;
        if (delivery.position % 3 === 0) yield delivery;
      }
    },
  };
  const seen = { seen: tally() };
  const rounds = await lastValueFrom(
    learnFrom(twice, {
      ...common,
      log: memoryLog(),
      worker: "a",
      model: net(),
      every: 2,
      statistics: seen,
    }).pipe(toArray()),
  );
  const last = rounds.at(-1)!;
  expect(last.shared.seen).toEqual(new Map(events.get("p0")!.map(({ id }) => [id, 1])));
  expect(last.repeated).toBe(20);
});

it("learnFrom() refuses a worker of another plan, of other options, and a name that another has taken", async () => {
  const log = memoryLog();
  const input = arrayInput(eventsOf(1, 40), { endless: true });
  const start = (other: object) =>
    firstValueFrom(learnFrom(input, { ...common, log, worker: "a", model: net(), ...other }));
  const leave = new Subject<void>();
  const failed: string[] = [];
  learnFrom(input, { ...common, log, worker: "a", model: net(), every: 1 })
    .pipe(takeUntil(leave))
    .subscribe({ error: (error: Error) => failed.push(error.message) });
  for (let i = 0; i < 100; i++) await turn();
  const other = model(chain(dense(3, 1)), { seed: 1 });
  await expect(start({ worker: "b", model: other, every: 1 })).rejects.toThrow("dense(3, 8");
  await expect(start({ worker: "b", every: 2 })).rejects.toThrow(
    "learnFrom() expects 1 as every, as the log has it, got 2",
  );
  await expect(start({ worker: "b", every: 1, staleness: 2 })).rejects.toThrow("staleness");
  const second = learnFrom(input, { ...common, log, worker: "a", model: net(), every: 1, maxWait: 1 })
    .pipe(takeUntil(leave))
    .subscribe({ error: (error: Error) => failed.push(error.message) });
  for (let i = 0; i < 100; i++) await turn();
  leave.next();
  second.unsubscribe();
  for (let i = 0; i < 20; i++) await turn();
  const kinds: string[] = [];
  const reading = new AbortController();
  for await (const { body, sequence } of log.read(1, reading.signal)) {
    kinds.push(readMessage(body).kind);
    if (sequence === (await log.lastOf("a"))) break;
  }
  expect(kinds.at(-1)).toBe("leave");
});

it("learnFrom() goes on past messages that are none, and counts them", async () => {
  const log = memoryLog();
  const events = eventsOf(2, 200);
  const rng = random(7);
  const honest = writeMessage({ kind: "join", plan: net().plan.source });
  let expected = 0;
  let sent = 0;
  const rounds: number[] = [];
  const nets = [net(), net()];
  const lasts = await Promise.all(
    nets.map((model, i) =>
      lastValueFrom(
        learnFrom(arrayInput(events), {
          ...common,
          ...{
            log: log.client(),
            worker: `w${i}`,
            model,
            every: 2,
            workers: 2,
            statistics: { seen: tally() },
          },
        }).pipe(
          concatMap(async (round) => {
            if (i === 0 && sent < 12) {
              rounds.push(round.refused);
              const body = honest.slice(0, rng.below(2) ? honest.length : rng.below(honest.length));
              body[rng.below(body.length)]! ^= 1 << rng.below(8);
              expected = await log.append("mallory", body, { expected, id: `${sent++}` });
            }
            return round;
          }),
        ),
      ),
    ),
  );
  expect(lasts[0]!.refused).toBeGreaterThan(0);
  expect((lasts[0]!.shared.seen as Map<string, number>).size).toBe(400);
  expect(weightsOf(nets[1]!)).toEqual(weightsOf(nets[0]!));
  expect(rounds).toEqual([...rounds].sort((a, b) => a - b));
});

it("learnFrom() with compressed changes learns as well, and sends less", async () => {
  const events = eventsOf(2, 3000);
  const learn = async (compress?: Compress) => {
    const log = memoryLog();
    const rounds = await Promise.all(
      ["a", "b"].map((worker) =>
        lastValueFrom(
          learnFrom(arrayInput(events), {
            ...common,
            ...{
              log: log.client(),
              worker,
              model: net(),
              every: 8,
              workers: 2,
              ...(compress ? { compress } : {}),
            },
          }).pipe(toArray()),
        ),
      ),
    );
    const late = rounds[0]!.filter(({ round, steps }) => round >= 30 && steps > 0);
    return late.reduce((sum, { loss }) => sum + loss, 0) / late.length;
  };
  const exact = await learn();
  for (const compress of ["int8", { bits: 4 }, { bits: 3, seed: 1 }, { topK: 0.25 }] as const)
    expect(await learn(compress), JSON.stringify(compress)).toBeLessThan(1.1 * exact);
});

it("learnFrom() gives categories the same index everywhere, once it is committed", async () => {
  const events = eventsOf(3, 100);
  const log = memoryLog();
  const indices = ["a", "b", "c"].map(() => new Map<string, number>());
  const lasts = await Promise.all(
    indices.map((known, i) =>
      lastValueFrom(
        learnFrom(arrayInput(events), {
          ...common,
          ...{ log: log.client(), worker: `w${i}`, model: net(), every: 2, workers: 3 },
          statistics: {
            words: over(
              ({ id }: Event) => `word ${Number(id.split("/")[1]) % 17}`,
              sharedVocabulary({ size: 10 }),
            ),
          },
          samples: ({ id, x, y }, shared) => {
            const word = `word ${Number(id.split("/")[1]) % 17}`;
            const index = (shared.words as VocabularyReading).indexOf(word);
            if (index !== undefined) {
              expect(known.get(word) ?? index).toBe(index);
              known.set(word, index);
            }
            return { x, y };
          },
        }),
      ),
    ),
  );
  expect((lasts[0]!.shared.words as VocabularyReading).size).toBe(10);
  for (const known of indices) {
    expect(known.size).toBe(10);
    expect(known).toEqual(new Map([...known].map(([word]) => [word, indices[0]!.get(word)])));
  }
});

it("learnFrom() leaves events out of all statistics that one of them refuses, or that would make it NaN", async () => {
  const arrays = eventsOf(1, 200);
  const events = arrays.get("p0")!;
  const bad = new Set([3, 64, 65, 127, 199].map((i) => events[i]!.id));
  const amount = ({ id, x }: Event): number => {
    if (!bad.has(id)) return x[0]!;
    if (id.endsWith("64")) throw invalid("amount", "a number", "none");
    return id.endsWith("65") ? Number.POSITIVE_INFINITY : Number.NaN;
  };
  const rounds = (onInvalid: "skip" | "error") =>
    lastValueFrom(
      learnFrom(arrayInput(arrays), {
        ...{ ...common, log: memoryLog().client(), worker: "w", model: net(), onInvalid },
        statistics: {
          first: over(({ x }: Event) => x[1]!, mean()),
          amounts: over(amount, mean()),
          ids: over(({ id }: Event) => id, sharedVocabulary({ size: 1000 })),
        },
      }).pipe(toArray()),
    );
  const reports = await rounds("skip");
  const { shared, skipped } = reports.at(-1)!;
  const good = events.filter(({ id }) => !bad.has(id));
  const meanOf = (of: (event: Event) => number): number =>
    good.reduce((sum, event) => sum + of(event), 0) / good.length;
  expect(reports.reduce((sum, { samples }) => sum + samples, 0)).toBe(events.length);
  expect(skipped).toBe(bad.size);
  expect(shared.first).toBeCloseTo(
    meanOf(({ x }) => x[1]!),
    12,
  );
  expect(shared.amounts).toBeCloseTo(meanOf(amount), 12);
  expect((shared.ids as VocabularyReading).size).toBe(good.length);
  await expect(rounds("error")).rejects.toThrow(
    "learnFrom() expects events that keep statistic amounts finite",
  );
});

it("learnFrom() refuses options that make no sense", () => {
  const right = { ...common, log: memoryLog(), worker: "a", model: net() };
  const input = arrayInput(eventsOf(1, 1));
  const wrong: readonly object[] = [
    ...[
      { worker: "a.b" },
      { log: {} },
      { model: {} },
      { samples: 1 },
      { batch: 0 },
      { every: 0 },
      { every: "often" },
    ],
    ...[
      { staleness: -1 },
      { outer: { speed: 1 } },
      { outer: { momentum: 2 } },
      { timeout: -1 },
      { renew: "daily" },
    ],
    ...[
      { statistics: { bad: {} } },
      { statistics: { m: mean() }, metrics: { m: mean() } },
      { more: 1 },
      { onInvalid: 1 },
    ],
  ];
  for (const one of wrong)
    expect(() => learnFrom(input, { ...right, ...one } as never), JSON.stringify(one)).toThrow("expects");
  expect(() => learnFrom({ ...input, partitions: [] }, right)).toThrow("an input with partitions");
});

it("versions() puts each version into a model, as a whole, and refuses another plan", async () => {
  const log = memoryLog();
  const [serving, learning] = [net(5), net()];
  const reading = lastValueFrom(
    versions(log.client(), serving).pipe(
      takeWhile(({ samples }) => samples < 300),
      toArray(),
    ),
  );
  const served: number[] = [];
  const all = lastValueFrom(
    versions(log.client(), net(6)).pipe(
      tap(({ round }) => served.push(round)),
      takeWhile(({ samples }) => samples < 300, true),
    ),
  );
  await lastValueFrom(
    learnFrom(arrayInput(eventsOf(1, 300)), {
      ...common,
      log,
      worker: "a",
      model: learning,
      every: 2,
      snapshotEvery: 4,
    }),
  );
  await reading;
  expect((await all).positions).toEqual(new Map([["p0", 299]]));
  expect(weightsOf(serving)).toEqual(weightsOf(learning));
  expect(served).toEqual([...served].sort((a, b) => a - b));
  await expect(firstValueFrom(versions(log, net(), { statistics: { mean: mean() } }))).rejects.toThrow(
    "versions() expects one of the workers' statistics, none, got mean",
  );
  const other = model(chain(dense(3, 1)), { seed: 1 });
  const before = other.weights.values.data.slice();
  await expect(firstValueFrom(versions(log, other))).rejects.toThrow("versions() expects chain(dense(3, 1))");
  expect(other.weights.values.data).toEqual(before);
});

it("learnFrom() learns from messages that hold several events as from one at a time, but for where rounds end", async () => {
  const events = eventsOf(1, 200).get("p0")!;
  const lists = new Map([["p0", Array.from({ length: 25 }, (_, i) => events.slice(8 * i, 8 * i + 8))]]);
  const [single, several] = [net(), net()];
  const options = { ...common, worker: "a", every: 5 };
  const one = await lastValueFrom(
    learnFrom(arrayInput(new Map([["p0", events]])), { ...options, log: memoryLog(), model: single }).pipe(
      toArray(),
    ),
  );
  const lot = await lastValueFrom(
    learnFrom(arrayInput(lists), {
      ...options,
      ...{ log: memoryLog(), model: several, samples: (list: readonly Event[]) => list.map(common.samples) },
    }).pipe(toArray()),
  );
  expect(weightsOf(several)).toEqual(weightsOf(single));
  const samplesIn = (rounds: typeof one) => rounds.map(({ samples }) => samples).filter((n) => n > 0);
  expect(samplesIn(lot)).toEqual(samplesIn(one));
  const uneven = [events.slice(0, 3), [], events.slice(3, 50), events.slice(50)];
  const rest = net();
  const last = await lastValueFrom(
    learnFrom(arrayInput(new Map([["p0", uneven]])), {
      ...options,
      ...{ log: memoryLog(), model: rest, every: 1000 },
      samples: (list) => list.map(common.samples),
    }).pipe(toArray()),
  );
  expect(last.reduce((sum, { samples }) => sum + samples, 0)).toBe(200);
});

it("learnFrom() leaves when its signal says so, and completes once the log has its goodbye", async () => {
  const log = memoryLog();
  const leaving = new AbortController();
  const rounds = await lastValueFrom(
    learnFrom(arrayInput(eventsOf(1, 100), { endless: true }), {
      ...common,
      ...{ log, worker: "a", model: net(), every: 2, maxWait: 1, signal: leaving.signal },
    }).pipe(
      tap(() => leaving.abort()),
      toArray(),
    ),
  );
  expect(rounds.length).toBeGreaterThan(0);
  const last = await log.lastOf("a");
  for await (const { body, sequence } of log.read(last, new AbortController().signal)) {
    expect(sequence).toBe(last);
    expect(readMessage(body).kind).toBe("leave");
    break;
  }
  const given = { ...common, log, worker: "b", model: net(), signal: 7 as unknown as AbortSignal };
  expect(() => learnFrom(arrayInput(eventsOf(1, 1)), given)).toThrow(
    "learnFrom() expects an AbortSignal as signal, got 7",
  );
});

for (const staleness of [0, 2])
  it(`learnFrom() keeps a worker whose rounds take longer than the timeout, with staleness ${staleness}: it delivers less`, async () => {
    const events = eventsOf(2, 600);
    const log = memoryLog();
    const clock = manualClock();
    let over = false;
    const learn = (worker: string, slow: number) =>
      lastValueFrom(
        learnFrom(arrayInput(events), {
          ...common,
          ...{ log: log.client(), worker, model: net(), every: 8, workers: 2, staleness, scheduler: clock },
          ...{ timeout: 100, statistics: { seen: tally() }, snapshotEvery: 1000 },
          clock: () => clock.now(),
          samples: ({ x, y }: Event) => {
            clock.advance(slow); // 64 samples take three times the timeout
            return { x, y };
          },
        }).pipe(toArray()),
      );
    const passing = (async () => {
      while (!over) {
        await turn();
        clock.advance(0.01);
      }
    })();
    const [rounds] = await Promise.all([learn("fast", 0), learn("slow", 5)]);
    over = true;
    await passing;
    const both = rounds.filter(({ members }) => members.length === 2);
    expect(both.length).toBeGreaterThan(5);
    expect(Math.min(...both.map(({ samples }) => samples))).toBeLessThan(128);
    expect(rounds.every(({ members }) => members.includes("slow"))).toBe(true);
    expect(rounds.at(-1)!.shared.seen).toEqual(new Map([...events.values()].flat().map(({ id }) => [id, 1])));
  });

/** A metric that takes time. */
const took = (work: () => void): MergeableFold<ScoredStep, number, number> => ({
  init: () => 0,
  step: (steps) => {
    work();
    return steps + 1;
  },
  read: (steps) => steps,
  merge: (a, b) => a + b,
});

it('learnFrom() with every: "auto" takes so many steps that exchanges are a small part of what it measures', async () => {
  const log = memoryLog();
  let time = 0; // passes when something is done: 1 with a step, 10 with a message
  const client = log.client();
  const rounds = await lastValueFrom(
    learnFrom(arrayInput(eventsOf(1, 20_000)), {
      ...common,
      ...{ worker: "a", model: net(), every: "auto", snapshotEvery: 1000, clock: () => time },
      log: {
        ...client,
        append: async (...args) => {
          time += 10;
          return client.append(...args);
        },
      },
      metrics: { took: took(() => time++) },
    }).pipe(toArray()),
  );
  const full = rounds.filter(({ samples }) => samples > 0).slice(0, -1);
  expect(full[0]!.steps).toBe(16);
  const settled = full.slice(-5);
  expect(settled.length).toBe(5);
  for (const { time: spent, steps } of settled) {
    expect(spent.exchange / (spent.exchange + spent.learning)).toBeLessThan(0.065);
    expect(steps).toBeLessThan(500);
  }
});
