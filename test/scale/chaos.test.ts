import { setImmediate as turn } from "node:timers/promises";
import type { Subscription } from "rxjs";
import { expect, it } from "vitest";
import { model } from "../../src/graph/model.ts";
import { chain } from "../../src/graph/plan.ts";
import { dense } from "../../src/layers/dense.ts";
import { meanSquaredError } from "../../src/losses/meanSquaredError.ts";
import { type Random, random } from "../../src/math/random.ts";
import { sgd } from "../../src/optimizers/sgd.ts";
import type { Compress } from "../../src/scale/compression.ts";
import { learnFrom } from "../../src/scale/learnFrom.ts";
import type { LearnFromOptions } from "../../src/scale/learnFromOptions.ts";
import { memoryLog } from "../../src/scale/memoryLog.ts";
import { readPacket } from "../../src/scale/packet.ts";
import { readEntry } from "../../src/scale/readEntry.ts";
import { stepRounds } from "../../src/scale/rounds.ts";
import type { RoundsState } from "../../src/scale/roundsState.ts";
import type { SharedFolds } from "../../src/scale/sharedFolds.ts";
import { currentVersion } from "../../src/scale/snapshots.ts";
import type { UpdateLog } from "../../src/scale/updateLog.ts";
import { arrayInput, type Event, eventsOf, tally } from "./arrays.ts";
import { manualClock } from "./manualClock.ts";
import { type TroubledLog, troubledLog } from "./troubledLog.ts";

const net = (seed: number) =>
  model(chain(dense(3, 4, { activation: "tanh" }), dense(4, 1)), { seed, numerics: "reproducible" });
type Net = ReturnType<typeof net>;

interface Running {
  readonly name: string;
  readonly net: Net;
  readonly log: TroubledLog;
  readonly subscription: Subscription;
  state: "running" | "done" | "gone" | "replaced";
}

const stateOf = async (log: UpdateLog): Promise<RoundsState> => {
  const version = (await currentVersion("test", log))!;
  return readPacket("test", (await log.getBlob(version.hash))!, 2 ** 24) as RoundsState;
};

const pick = <T>(rng: Random, list: readonly T[]): T => list[rng.below(list.length)]!;

/** What one schedule came to. */
const schedule = async (seed: number, options: Partial<LearnFromOptions<Event>> = {}) => {
  const rng = random(seed);
  const events = eventsOf(1 + rng.below(5), 20 + rng.below(40), seed);
  const log = memoryLog({ maxBody: pick(rng, [2 ** 20, 1500]) });
  const keepsAll = rng.below(2) === 0;
  const entries: Parameters<typeof readEntry>[2][] = [];
  const following = new AbortController();
  let first: RoundsState | undefined;
  const listening = (async () => {
    for await (const entry of log.read(1, following.signal)) entries.push(entry);
  })();
  const clock = manualClock();
  const statistics = { seen: tally() };
  const shared = {
    every: 1 + rng.below(4),
    staleness: rng.below(3),
    outer: pick(rng, [{}, { rate: 0.7, momentum: 0.9 }]),
    snapshotEvery: 1 + rng.below(4),
    ...pick(rng, [{}, {}, { compress: pick<Compress>(rng, ["int8", { bits: 4, seed: 1 }, { topK: 0.3 }]) }]),
  };
  const failures: unknown[] = [];
  const all: Running[] = [];
  const start = (name: string): void => {
    const own = troubledLog(
      keepsAll ? { ...log.client(), purge: async () => {}, deleteBlob: async () => {} } : log.client(),
      rng,
    );
    const before = async (): Promise<void> => {
      if (rng.below(10) === 0) await turn();
    };
    const one: { -readonly [K in keyof Running]: Running[K] } = {
      ...{ name, net: net(seed), log: own, state: "running" },
      subscription: undefined as unknown as Subscription,
    };
    all.push(one);
    one.subscription = learnFrom(arrayInput(events, { before }), {
      ...{ log: own, worker: name, model: one.net, loss: meanSquaredError(), optimizer: sgd(0.05), batch: 4 },
      ...{ samples: ({ x, y }: Event) => ({ x, y }), statistics, timeout: 40, maxWait: 5, scheduler: clock },
      ...{ leave: rng.below(2) === 0, ...shared, ...options },
    }).subscribe({
      error: (error: Error) => {
        one.state = "replaced";
        if (!error.message.includes("to be the only one")) failures.push(error);
      },
      complete: () => {
        one.state = "done";
      },
    });
  };
  const names = ["a", "b", "c", "d"].slice(0, 1 + rng.below(4));
  for (const name of names) start(name);
  let ticks = 0;
  const running = (): Running[] => all.filter(({ state }) => state === "running");
  for (; ticks < 20_000 && !all.some(({ state }) => state === "done"); ticks++) {
    await turn();
    first ??= (await currentVersion("test", log)) && (await stateOf(log));
    clock.advance(rng.below(4) * 0.5);
    if (running().length === 0) start(pick(rng, names));
    if (ticks === 400) start("rescue"); // those who hang may do so for ever
    if (ticks > 300 || rng.below(12) > 0) continue;
    const one = pick(rng, running().length > 0 ? running() : all);
    const kind = rng.below(6);
    if (kind === 0) {
      one.state = "gone";
      one.log.kill();
      one.subscription.unsubscribe();
    } else if (kind === 1) {
      one.state = "gone";
      one.subscription.unsubscribe();
    } else if (kind === 2) one.log.hang();
    else if (kind === 3) for (const each of all) each.log.goOn();
    else if (kind === 4)
      start(pick(rng, names)); // perhaps beside one of that name
    else start(`late${ticks}`);
    if (running().length > 6) running()[0]!.log.goOn();
  }
  for (const one of all) one.log.goOn();
  for (let i = 0; i < 400; i++) {
    await turn();
    clock.advance(1);
  }
  following.abort();
  await listening;
  const state = await stateOf(log);
  const done = all.filter((one) => one.state === "done");
  for (const { subscription } of all) subscription.unsubscribe();
  return { events, state, done, failures, first, entries, log, keepsAll, statistics };
};

/** What a reader comes to who begins at the beginning, up to where the last version is. */
const replayed = async (run: Awaited<ReturnType<typeof schedule>>): Promise<RoundsState> => {
  const state = structuredClone(run.first!);
  for (const entry of run.entries)
    if (entry.sequence > state.sequence && entry.sequence <= run.state.sequence)
      stepRounds(state, (await readEntry("test", run.log, entry))!, run.statistics as SharedFolds);
  return state;
};

const held = async (seed: number): Promise<RoundsState> => {
  const run = await schedule(seed);
  const { events, state, done, failures } = run;
  const at = `seed ${seed}`;
  expect(failures, at).toEqual([]);
  expect(done.length, at).toBeGreaterThan(0);
  const ids = [...events.values()].flat().map(({ id }) => id);
  const seen = state.statistics.seen as Map<string, number>;
  expect(new Map([...seen].sort()), at).toEqual(new Map(ids.sort().map((id) => [id, 1])));
  expect(state.samples, at).toBe(ids.length);
  for (const { net } of done) expect(net.weights.values.data, at).toEqual(state.weights);
  if (run.keepsAll) expect(await replayed(run), at).toEqual(state);
  return state;
};

for (const from of [1, 51, 101, 151])
  it(`learnFrom() learns each event once, to the same bits, whoever dies, hangs, comes late or twice: schedules ${from} to ${from + 49}`, async () => {
    let deals = 0;
    let late = 0;
    for (let seed = from; seed < from + 50; seed++) {
      const { epoch, refused } = await held(seed);
      deals += epoch - 1;
      late += refused.stranger + refused.late;
    }
    expect(deals).toBeGreaterThan(20); // or nothing was tried
    expect(late).toBeGreaterThan(0);
  }, 60_000);
