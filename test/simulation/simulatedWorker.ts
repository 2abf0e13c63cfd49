import { activeMembers } from "../../src/scale/closeRound.ts";
import { isDone } from "../../src/scale/rounds.ts";
import type { Member } from "../../src/scale/roundsState.ts";
import { type Process, spawn } from "./process.ts";
import type { Resource } from "./resources.ts";
import type { Scenario } from "./scenario.ts";
import { type SimulatedInput, type SimulatedInputOptions, simulatedInput } from "./simulatedInput.ts";
import { deltaMessage, type Reader, type SimulatedLog, type Ways } from "./simulatedLog.ts";
import { waking } from "./waking.ts";

export interface SimulatedWorkerOptions {
  readonly name: string;
  /** The sequence of its joining; 0 when it still has to join. */
  readonly incarnation: number;
  readonly scenario: Scenario;
  readonly log: SimulatedLog;
  readonly ways: Ways;
  readonly input: SimulatedInputOptions;
  readonly thread: Resource;
  readonly wire: Resource;
  readonly isAlive: () => boolean;
  /** Milliseconds of so many steps of this worker. */
  readonly learning: (steps: number) => number;
  /** How much slower than usual it is in this round. */
  readonly slowness: () => number;
}

/** Into how many pieces the learning of a round is cut, between which messages have their turn. */
const pieces = 16;
/** Milliseconds of the shortest piece. */
const turn = 4;

/** One worker, as src/scale/worker.ts goes: the same loop, in virtual time. Starts it, and answers how it follows the log. */
export const simulatedWorker = (options: SimulatedWorkerOptions): Reader => {
  const { name, scenario, log, ways, thread, wire, isAlive, learning, slowness } = options;
  const { clock, costs } = ways;
  const { batch = 32, staleness = 0, timeout = Number.POSITIVE_INFINITY, snapshotEvery = 16 } = scenario;
  const sleep = waking(clock);
  const reader = log.follow(sleep.wake);
  let { incarnation } = options;
  let sequence = reader.next - 1; // of what it has folded
  let delivered: { readonly round: number; readonly epoch: number }[] = [];
  let input: SimulatedInput | undefined;
  let opened = "";
  let busy = 0;
  let reported = 0;
  let telling = 0;
  let exchange = 0;
  let paused = { key: "", since: 0 };
  const here = () => log.view(sequence);
  const find = (): Member | undefined =>
    log.state.members.find((one) => one.worker === name && one.incarnation === incarnation);
  const letGo = (): void => {
    input?.close();
    input = undefined;
    opened = "";
  };

  /** Work on the own thread; answers how long it took once its turn had come. */
  function* timed(ms: number): Process<number> {
    let began = clock.now();
    yield thread.take(ms, () => {
      began = clock.now();
    });
    return clock.now() - began;
  }
  function* snapshot(round: number): Process {
    const { members } = log.state;
    if (round % snapshotEvery !== 0) return;
    if (members[(round / snapshotEvery) % Math.max(1, members.length)]?.worker !== name) return;
    yield thread.take(costs.snapshot.write);
    yield wire.take(costs.snapshot.bytes / ways.site.workerWire);
    yield ways.into.take(costs.snapshot.bytes / ways.site.serverWire);
    yield ways.cpu.take(ways.site.server.storeByte * costs.snapshot.bytes);
  }
  function* follow(): Process {
    for (let taken = 1; ; taken++) {
      while (reader.inbox.length === 0) yield sleep.wait;
      const next = reader.inbox.shift()!;
      const { settled } = log.view(next);
      busy += yield* timed(costs.read + settled * costs.close);
      const before = here();
      sequence = next;
      if (here().round > before.round) {
        delivered = delivered.filter(({ round }) => round >= here().round);
        exchange = busy - reported + telling;
        reported = busy;
        telling = 0;
        spawn(snapshot(here().round), isAlive);
      }
      sleep.wake();
      if (taken % 16 === 0) spawn(log.ask(reader), isAlive);
    }
  }
  function* tell(message: Parameters<SimulatedLog["commit"]>[1], bytes: number): Process<number> {
    const at = yield* log.append(name, message, bytes, wire);
    while (sequence < at) yield sleep.wait;
    return at;
  }
  function* pause(): Process {
    const { round, epoch } = here();
    const key = `${round} ${epoch}`;
    if (paused.key !== key) paused = { key, since: clock.now() };
    const left = paused.since + timeout - clock.now();
    if (left > 0) return yield sleep.atMost(left);
    const missing = activeMembers(log.state).filter((one) => one.pending.length === 0 && one.worker !== name);
    for (const { worker, incarnation } of missing)
      if (here().round === round) yield* tell({ kind: "remove", worker, incarnation, round }, 500);
    paused = { key: "", since: 0 };
    if (missing.length === 0) yield sleep.atMost(timeout);
  }
  function* learn(
    own: SimulatedInput,
    steps: number,
  ): Process<{ samples: number; time: number } | undefined> {
    const { epoch } = here();
    const slow = slowness();
    const count = Math.min(pieces, steps, Math.max(1, Math.ceil((steps * costs.step) / turn)));
    let samples = 0;
    let time = 0;
    for (let piece = 0; piece < count; piece++) {
      if (here().epoch !== epoch || !find()) return undefined;
      const now = Math.floor((steps * (piece + 1)) / count) - Math.floor((steps * piece) / count);
      yield* own.need(now * batch);
      const events = own.take(now * batch);
      if (events === 0) break;
      const work = learning(Math.ceil(events / batch)) * slow;
      const all = work + events * costs.event * slow;
      time += ((yield* timed(all)) * work) / all;
      samples += events;
    }
    return { samples, time };
  }
  function* round({ partitions }: Member, number: number): Process {
    const { round: base, epoch, steps } = here();
    if (opened !== `${incarnation} ${epoch}` || !input) {
      letGo();
      const open = partitions.filter((p) => !log.state.ended.includes(p));
      input = simulatedInput(open, log.state.positions, options.input);
      opened = `${incarnation} ${epoch}`;
    }
    const own = input;
    yield thread.take(costs.begin);
    const learned = yield* learn(own, steps);
    if (!learned) return letGo();
    const { samples, time } = learned;
    const took = Math.ceil(samples / batch);
    const started = clock.now();
    const busyBefore = busy;
    yield thread.take(costs.write);
    const times = { step: took > 0 ? time / took : 0, exchange };
    const about = {
      incarnation,
      round: number,
      base,
      epoch,
      samples,
      steps: took,
      times,
      ended: own.ended(),
    };
    const at = yield* tell(deltaMessage(about, own.positions(), staleness), costs.bytes);
    telling += clock.now() - started - (busy - busyBefore);
    if (log.view(at).verdict) letGo();
    else delivered.push({ round: number, epoch });
  }
  function* work(): Process {
    if (incarnation === 0) incarnation = yield* tell({ kind: "join", plan: "simulated" }, 500);
    while (!isDone(log.state)) {
      const member = find();
      const waits = log.state.waiting.some((one) => one.worker === name && one.incarnation === incarnation);
      if (!member && !waits) {
        letGo();
        incarnation = yield* tell({ kind: "join", plan: "simulated" }, 500);
        continue;
      }
      const { round: open, epoch } = here();
      const ahead = delivered.filter((one) => one.round >= open && one.epoch === epoch).length;
      const has = member?.partitions.some((p) => !log.state.ended.includes(p) && !input?.ended().includes(p));
      if (!member || ahead > staleness || !has || epoch !== log.state.epoch) yield* pause();
      else yield* round(member, open + ahead);
    }
  }
  spawn(follow(), isAlive);
  spawn(work(), isAlive);
  return reader;
};
