import { firstRounds } from "../../src/scale/firstRounds.ts";
import type { DeltaMessage, Message } from "../../src/scale/message.ts";
import { stepRounds, type Verdict } from "../../src/scale/rounds.ts";
import type { RoundsState } from "../../src/scale/roundsState.ts";
import type { Clock } from "./clock.ts";
import { type Process, spawn } from "./process.ts";
import type { Resource } from "./resources.ts";
import type { Costs, Scenario, Site } from "./scenario.ts";

/** What all who have folded the log up to an entry know. */
export interface View {
  readonly round: number;
  readonly epoch: number;
  readonly steps: number;
  /** Changes that the entry has brought into the weights. */
  readonly settled: number;
  readonly verdict: Verdict;
}

/** Somebody who follows the log: entries come in order, into `inbox`. */
export interface Reader {
  readonly inbox: number[];
  /** Entries that the server may send until it is asked again. */
  credit: number;
  next: number;
  latest: number;
  readonly wake: () => void;
}

/** What lies between workers and log. */
export interface Ways {
  readonly clock: Clock;
  readonly site: Site;
  readonly costs: Costs;
  readonly cpu: Resource;
  readonly into: Resource;
  readonly out: Resource;
  /** A time on the way, one direction. */
  readonly latency: () => number;
}

/** The update log on its server. What entries do is done by the very fold of the workers, over a model of one weight. */
export interface SimulatedLog {
  /** After the last entry. */
  readonly state: RoundsState;
  view(sequence: number): View;
  /** Takes an entry at once, and answers its sequence. */
  commit(writer: string, message: Message, bytes?: number): number;
  /** Sends an entry, and comes back with the answer. */
  append(writer: string, message: Message, bytes: number, wire: Resource): Process<number>;
  follow(wake: () => void): Reader;
  forget(reader: Reader): void;
  /** The reader is done with what it was sent, and asks for more. */
  ask(reader: Reader): Process;
}

/** How many entries a reader asks for at once, as in natsLog. */
const ahead = 16;
/** Bytes of a message without weights. */
const small = 500;

export const simulatedLog = (
  { clock, site, costs, cpu, into, out, latency }: Ways,
  scenario: Scenario,
  committed: () => void,
): SimulatedLog => {
  const { partitions, workers, every = "auto", staleness = 0 } = scenario;
  const { store, storeByte, deliver, deliverByte } = site.server;
  const state = firstRounds(
    {
      plan: "simulated",
      precision: "float64",
      partitions: Array.from({ length: partitions }, (_, p) => `p${String(p).padStart(4, "0")}`),
      outer: { rate: 1, momentum: 0, nesterov: false },
      staleness,
      every,
      workers,
      statistics: [],
    },
    {},
    new Float64Array(1),
    new Float64Array(0),
  );
  const views: View[] = [{ round: 0, epoch: 0, steps: state.steps, settled: 0, verdict: undefined }];
  const sizes = [0];
  const readers = new Set<Reader>();
  const always = (): boolean => true;

  /** Those who have no partition read as well: their share is sent beside each message that is simulated. */
  const crowd = (): number =>
    Math.max(1, (state.members.length + state.waiting.length) / Math.max(1, readers.size));
  function* send(reader: Reader, sequence: number): Process {
    const bytes = sizes[sequence]!;
    const copies = crowd();
    yield cpu.take(copies * (deliver + deliverByte * bytes));
    yield out.take((copies * bytes) / site.serverWire);
    const roundTrips = costs.blob && bytes > small ? 2 : 0; // the entry leads to a blob, which is asked for
    let delay = latency() + bytes / site.workerWire;
    for (let i = 0; i < 2 * roundTrips; i++) delay += latency();
    reader.latest = Math.max(reader.latest, clock.now() + delay);
    clock.after(reader.latest - clock.now(), () => {
      reader.inbox.push(sequence);
      reader.wake();
    });
  }
  const pump = (reader: Reader): void => {
    for (; reader.credit > 0 && reader.next < views.length; reader.credit--)
      spawn(send(reader, reader.next++), always);
  };
  const commit: SimulatedLog["commit"] = (writer, message, bytes = small) => {
    const sequence = views.length;
    const verdict = stepRounds(state, { sequence, writer, message }, {});
    const settled = state.closed.reduce((sum, { members }) => sum + members.length, 0);
    const { round, epoch, steps } = state;
    views.push({ round, epoch, steps, settled, verdict });
    sizes.push(bytes);
    for (const reader of readers) pump(reader);
    committed();
    return sequence;
  };
  return {
    state,
    view: (sequence) => views[sequence]!,
    commit,
    append: function* (writer, message, bytes, wire): Process<number> {
      yield wire.take(bytes / site.workerWire);
      const oneWay = (resume: () => void): void => clock.after(latency(), resume);
      yield oneWay;
      yield into.take(bytes / site.serverWire);
      if (costs.blob && bytes > small) for (let i = 0; i < 4; i++) yield oneWay; // the blob, its name, then the entry
      yield cpu.take(store + storeByte * bytes);
      const sequence = commit(writer, message, bytes);
      yield oneWay;
      return sequence;
    },
    follow: (wake) => {
      const reader: Reader = { inbox: [], credit: ahead, next: views.length, latest: 0, wake };
      readers.add(reader);
      return reader;
    },
    forget: (reader) => void readers.delete(reader),
    ask: function* (reader): Process {
      yield (resume) => clock.after(latency(), resume);
      reader.credit = ahead;
      pump(reader);
    },
  };
};

/** A message of what was learned, as a worker writes it. */
export const deltaMessage = (
  about: Pick<
    DeltaMessage,
    "incarnation" | "round" | "base" | "epoch" | "samples" | "steps" | "times" | "ended"
  >,
  positions: ReadonlyMap<string, number>,
  staleness: number,
): DeltaMessage => ({
  kind: "delta",
  plan: "simulated",
  ...about,
  coded: { kind: staleness > 0 ? "change" : "weights", values: new Float64Array(1) },
  buffers: new Float64Array(0),
  loss: 0,
  positions,
  statistics: {},
});
