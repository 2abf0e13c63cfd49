// Long because it is one loop, all of whose branches look at the same few variables.
import type { Subscriber } from "rxjs";
import type { Delivery } from "../adapters/delivery.ts";
import { fault } from "../math/invalid.ts";
import type { Data } from "../math/matrix.ts";
import { eventLoop } from "../streams/eventLoop.ts";
import { changeOf } from "./changeOf.ts";
import { activeMembers } from "./closeRound.ts";
import { compressor, decoded } from "./compression.ts";
import { firstRounds } from "./firstRounds.ts";
import { type InputReader, inputReader } from "./inputReader.ts";
import type { Settings, Shared } from "./learnFromOptions.ts";
import type { LocalRound } from "./localRound.ts";
import { localTraining } from "./localTraining.ts";
import type { Message } from "./message.ts";
import { ownWriter } from "./ownWriter.ts";
import type { PartitionedInput } from "./partitionedInput.ts";
import { type Replica, replica } from "./replica.ts";
import type { RoundReport } from "./report.ts";
import { isDone } from "./rounds.ts";
import type { Closed, Member, RoundsConfig } from "./roundsState.ts";
import { isSequenceConflict } from "./sequenceConflict.ts";
import type { SharedFolds } from "./sharedFolds.ts";
import { publish, versionNow, writeSnapshot } from "./snapshots.ts";
import { waking } from "./waking.ts";

/** A delta that is in the log, or on its way there, and not yet in the weights. */
interface InFlight<Value> {
  readonly round: number;
  readonly deliveries: readonly Delivery<Value>[];
  readonly samples: number;
  readonly skipped: number;
  readonly learning: number;
  readonly reading: number;
  bytes: number;
}

/** Milliseconds of learning after which timers and I/O have a turn. */
const turn = 4;

const nextTurn = (): Promise<void> => new Promise((resolve) => eventLoop.schedule(resolve));

/** One worker from its beginning to the end of the input, or until the signal. */
export const work = async <Value>(
  actor: string,
  input: PartitionedInput<Value>,
  settings: Settings<Value>,
  out: Subscriber<RoundReport>,
  signal: AbortSignal,
): Promise<void> => {
  const { log, worker, model, scheduler, clock, staleness, timeout, maxWait, snapshotEvery } = settings;
  const folds = { ...settings.statistics, ...settings.metrics } as SharedFolds;
  const config = configOf(input, settings);
  const { values, buffers } = model.weights;
  const compress = settings.compress === undefined ? undefined : compressor(actor, settings.compress);
  const stop = new AbortController();
  const over = AbortSignal.any([signal, stop.signal]);
  const sleep = waking(scheduler);
  let changes = 0;
  const changed = (): void => {
    changes++;
    sleep.wake();
  };
  over.addEventListener("abort", changed);
  let failure: { readonly error: unknown } | undefined;
  const fail = (error: unknown): void => {
    failure ??= { error };
    stop.abort();
  };

  let incarnation = 0;
  let inFlight: InFlight<Value>[] = [];
  let reader: InputReader<Value> | undefined;
  let opened = "";
  let busy = false;
  let repeated = 0;
  let skipped = 0;
  let residual: Data | undefined;
  let telling = 0; // milliseconds of writing since the last report
  let exchange = 0; // of the round before
  let reported = { time: clock(), busy: 0 };
  let publishing: Promise<void> = Promise.resolve();
  let paused = { key: "", since: 0 };
  let longest = 0; // of the last rounds, in milliseconds of the scheduler's clock
  let began = scheduler.now();

  const closed = (one: Closed): void => {
    const mine = one.members.includes(worker) ? inFlight.find(({ round }) => round === one.round) : undefined;
    inFlight = inFlight.filter(({ round }) => round > one.round);
    const now = scheduler.now();
    longest = Math.max(longest / 2, now - began);
    began = now;
    for (const delivery of mine?.deliveries ?? []) delivery.ack();
    if ((one.round + 1) % snapshotEvery === 0) snapshot((one.round + 1) / snapshotEvery);
    if (!busy) show();
    if (incarnation > 0) report(one, mine);
  };
  const own: Replica = await replica({
    actor,
    log,
    worker,
    folds,
    first: firstRounds(config, folds, values.data, buffers.data),
    clock,
    changed,
    closed,
  });
  sameConfig(actor, own.state.config, config);
  const training = localTraining(actor, settings);
  const writer = await ownWriter(log, worker);

  const show = (): void => {
    const { state } = own;
    model.turn(() => {
      values.data.set(state.weights);
      buffers.data.set(state.buffers);
    }, undefined);
  };
  const shared = (): Shared =>
    Object.fromEntries(
      Object.entries(folds).map(([name, fold]) => [name, fold.read(own.state.statistics[name])]),
    );
  const report = (one: Closed, mine: InFlight<Value> | undefined): void => {
    const now = { time: clock(), busy: own.busy };
    const learning = mine?.learning ?? 0;
    exchange = now.busy - reported.busy + telling;
    const reading = mine?.reading ?? 0;
    const waiting = Math.max(0, now.time - reported.time - learning - reading - exchange);
    const refusedFor = { ...own.state.refused };
    const refused = Object.values(refusedFor).reduce((sum, count) => sum + count, 0);
    telling = 0;
    reported = now;
    skipped += mine?.skipped ?? 0;
    const { samples, ...rest } = one;
    const time = { learning, reading, exchange, waiting };
    const counts = { refused, refusedFor, repeated: repeated + (reader?.repeated() ?? 0), skipped };
    out.next({
      ...rest,
      samples,
      own: mine?.samples ?? 0,
      time,
      bytes: mine?.bytes ?? 0,
      ...counts,
      shared: shared(),
    });
  };
  /** One member after the other makes the snapshot; if it dies, the next one is the next member's. */
  const snapshot = (turn: number, all = false): void => {
    const { state } = own;
    const whose = state.members[turn % Math.max(state.members.length, 1)];
    const bytes = all || whose?.worker === worker ? writeSnapshot(actor, state) : undefined;
    const { sequence, round } = state;
    publishing = publishing.then(async () => {
      if (bytes) await publish(actor, log, bytes, { sequence, round });
      if (writer.untidy) await writer.tidy((await versionNow(actor, log)).version?.previous?.sequence ?? 0);
    });
    publishing.catch(fail);
  };
  /** Writes, and waits until it has been read. */
  const tell = async (message: Message, sized?: (bytes: number) => void): Promise<number> => {
    const sequence = await writer.write(message, sized);
    while (own.state.sequence < sequence && !over.aborted) await sleep.wait(over);
    return sequence;
  };
  /** What a process that died wrote last may still arrive: whoever takes its place for the first time comes after it. */
  const join = async (): Promise<number> => {
    for (let attempts = incarnation === 0 ? 5 : 1; ; attempts--)
      try {
        return await tell({ kind: "join", plan: config.plan });
      } catch (error) {
        if (attempts === 1 || !isSequenceConflict(error)) throw error;
        await writer.renew();
      }
  };
  const find = (): Member | undefined =>
    own.state.members.find((one) => one.worker === worker && one.incarnation === incarnation);
  const place = (): string => `${incarnation} ${own.state.epoch}`;
  const letGo = (): void => {
    repeated += reader?.repeated() ?? 0;
    reader?.close();
    reader = undefined;
    opened = "";
    inFlight = [];
  };
  /** Waits for the others; when nothing has come of it in time, goes on without those who have delivered nothing. */
  const pause = async (): Promise<void> => {
    // while all still learn nobody is late: a round may take longer than the timeout, as its length follows what an exchange costs
    const asked = activeMembers(own.state).some((one) => one.pending.length > 0);
    const key = `${own.state.round} ${own.state.epoch} ${asked}`;
    if (paused.key !== key) paused = { key, since: scheduler.now() };
    const left = paused.since + (asked ? timeout : Math.max(timeout, 4 * longest)) - scheduler.now();
    if (left > 0) return sleep.wait(over, left);
    const { round } = own.state;
    const missing = activeMembers(own.state).filter(
      (one) => one.pending.length === 0 && one.worker !== worker,
    );
    for (const one of missing)
      if (own.state.round === round && !over.aborted)
        await tell({ kind: "remove", worker: one.worker, incarnation: one.incarnation, round });
    paused = { key: "", since: 0 };
    return missing.length > 0 ? undefined : sleep.wait(over, timeout);
  };
  /** Whether a round is the open one, and somebody can do nothing but wait for it. */
  const isAwaited = (round: number): boolean => {
    const { members, waiting, ended, round: open } = own.state;
    const waits = (one: Member): boolean => one.pending.length > staleness || openOf(ended, one).length === 0;
    const others = members.filter((one) => one.worker !== worker);
    return round === open && (waiting.length > 0 || others.some(waits));
  };
  /**
   * Learns until the round has its steps, or others wait, and there is nothing more to learn or half of their patience is over; false
   * when the place was lost.
   */
  const learn = async (
    local: LocalRound<Value>,
    input: InputReader<Value>,
    round: number,
  ): Promise<boolean> => {
    const here = place();
    const { steps } = own.state;
    let waited: number | undefined;
    let last = clock();
    let learned = 0;
    let awaited: number | undefined;
    let checked = -1; // asked after each event, so the answer is kept until something changes
    const rushed = (): boolean =>
      local.deliveries.length > 0 ||
      own.state.waiting.length > 0 ||
      own.state.members.some((one) => one.worker !== worker && own.state.round + one.pending.length > round);
    while (local.steps < steps) {
      if (checked !== changes) {
        if (over.aborted || place() !== here || !find()) return false;
        checked = changes;
      }
      const taken = input.take();
      if (typeof taken === "object") {
        waited = undefined;
        local.take(taken);
        if (local.steps === learned) continue;
        learned = local.steps;
        awaited = isAwaited(round) ? (awaited ?? scheduler.now()) : undefined;
        if (awaited !== undefined && scheduler.now() - awaited >= timeout / 2) break;
        if (clock() - last < turn) continue;
        await nextTurn();
        last = clock();
      } else if (taken === "ended" || (taken === "quiet" && rushed())) break;
      else if (taken === "quiet") await sleep.wait(over);
      else if (waited === undefined) {
        waited = scheduler.now() + maxWait;
        await nextTurn(); // a source that keeps up has the next ones ready then, and no timer is needed
      } else {
        const left = waited - scheduler.now();
        if (left <= 0) input.giveUp();
        else await sleep.wait(over, left);
      }
    }
    local.flush();
    return true;
  };
  /** One round: from the weights of all, and what this worker has delivered beyond, to a delta in the log. */
  const round = async (member: Member, number: number): Promise<void> => {
    const { state } = own;
    const { pending } = member;
    const base = state.round;
    if (opened !== place() || !reader) {
      letGo();
      const reached = new Map(state.positions);
      for (const { positions } of pending) for (const [p, position] of positions) reached.set(p, position);
      opened = place();
      const options = { ahead: 8 * settings.batch, changed: sleep.wake };
      reader = inputReader(input, openOf(state.ended, member), reached, state.positions, options);
    }
    const start = state.weights.slice();
    for (const { values } of pending) for (let i = 0; i < start.length; i++) start[i]! += values[i]!;
    const { epoch } = state;
    const local = training.begin(number, start, pending.at(-1)?.buffers ?? state.buffers, shared());
    const began = clock();
    if (!(await learn(local, reader, number))) {
      letGo();
      return;
    }
    const started = clock();
    const busyBefore = own.busy;
    const change = staleness > 0 || compress ? changeOf(values.data, start) : values.data.slice();
    if (compress && residual) for (let i = 0; i < change.length; i++) change[i]! += residual[i]!;
    const coded = compress?.(change) ?? { kind: staleness > 0 ? "change" : "weights", values: change };
    const flying: InFlight<Value> = {
      round: number,
      deliveries: local.deliveries,
      samples: local.samples,
      skipped: local.skipped,
      learning: local.time,
      reading: started - began - local.time,
      bytes: 0,
    };
    inFlight.push(flying); // before it is written, since its round may close at once
    busy = false;
    const { samples, steps, loss, statistics } = local;
    const times = { step: steps > 0 ? local.time / steps : 0, exchange };
    const position = { positions: reader.positions(), ended: reader.ended() };
    const written = {
      samples,
      steps,
      loss,
      statistics,
      times,
      buffers: buffers.data.slice(),
      coded,
      ...position,
    };
    const sequence = await tell(
      { ...{ kind: "delta", plan: config.plan, incarnation, round: number, base, epoch }, ...written },
      (bytes) => {
        flying.bytes = bytes;
      },
    );
    telling += clock() - started - (own.busy - busyBefore);
    const verdict = own.verdictOn(sequence);
    if (verdict && verdict !== "late" && verdict !== "stranger")
      throw fault(actor, "what it has learned to be sound", `a change that is refused for its ${verdict}`);
    if (verdict) letGo();
    else if (compress) residual = changeOf(change, decoded(actor, coded, change.length));
  };

  const following = own.follow(over).catch(fail);
  try {
    while (!over.aborted && !isDone(own.state)) {
      const { state } = own;
      const member = find();
      const known =
        member ?? state.waiting.find((one) => one.worker === worker && one.incarnation === incarnation);
      if (!known) {
        letGo();
        incarnation = await join();
        continue;
      }
      const ahead = member?.pending.length ?? 0;
      if (!member || ahead > staleness || openOf(state.ended, member).length === 0) {
        await pause();
        continue;
      }
      busy = true;
      await round(member, state.round + ahead);
      busy = false;
    }
    if (!over.aborted) {
      show();
      snapshot(0, true);
    }
  } catch (error) {
    fail(isSequenceConflict(error) ? fault(actor, `to be the only one named ${worker}`, "another") : error);
  } finally {
    letGo();
    stop.abort();
    await publishing.catch(fail);
    if (settings.leave && incarnation > 0 && !isDone(own.state))
      await writer.write({ kind: "leave", incarnation }).catch(() => {}); // who is gone is found out anyway
    training.close();
    if (settings.signal?.aborted) show(); // unsubscribing leaves the model alone
    await following;
  }
  if (failure) throw failure.error;
};

/** The partitions of a member of which something may still come. */
const openOf = (ended: readonly string[], { partitions, pending }: Member): readonly string[] =>
  partitions.filter((p) => !ended.includes(p) && !pending.some((delta) => delta.ended.includes(p)));

const configOf = <Value>(input: PartitionedInput<Value>, settings: Settings<Value>): RoundsConfig => {
  const { model, outer, staleness, every, workers, statistics, metrics } = settings;
  return {
    plan: model.plan.source,
    precision: model.weights.kernels.precision,
    partitions: [...input.partitions].sort(),
    outer: { rate: outer.rate, momentum: outer.momentum, nesterov: outer.nesterov },
    staleness,
    every,
    workers,
    statistics: Object.keys({ ...statistics, ...metrics }).sort(),
  };
};

/** Refuses a worker that would learn something else than the others. @throws InvalidInputError */
const sameConfig = (actor: string, shared: RoundsConfig, own: RoundsConfig): void => {
  for (const name of Object.keys(own) as (keyof RoundsConfig)[]) {
    const [theirs, ours] = [JSON.stringify(shared[name]), JSON.stringify(own[name])];
    if (theirs !== ours) throw fault(actor, `${theirs} as ${name}, as the log has it`, ours);
  }
};
