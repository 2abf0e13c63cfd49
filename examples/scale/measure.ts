import { readFileSync } from "node:fs";
import { load, logLoss, type Model, matrix } from "rxgrad";
import type { Told } from "./crew.ts";
import type { FlightEvent } from "./flightEvent.ts";
import { lateness, sampleOf } from "./lateness.ts";

/** What a run came to. */
export interface Run {
  readonly workers: number;
  /** Events a second, in the steady part of the run. */
  readonly speed: number;
  /** The parts of the workers' time, of 1, in the same part. */
  readonly shares: Readonly<Record<"learning" | "reading" | "exchange" | "waiting", number>>;
  /** Of one worker, in one round: bytes it sent, milliseconds of exchange, and steps between two exchanges. */
  readonly bytes: number;
  readonly exchange: number;
  readonly steps: number;
  /** Before learning each event, and after all on those that were held out. */
  readonly progressive: number;
  readonly heldOut: number;
  readonly lost: number;
  readonly again: number;
  /** Whether the weights of all workers are the same bits. */
  readonly equal: boolean;
}

/** Rounds of all workers, with the name of who told of each. */
export interface Chronicle {
  readonly all: { readonly name: string; readonly told: Told }[];
  /** How many events are learned. */
  readonly learned: number;
  tell(name: string): (told: Told) => void;
}

export const chronicle = (progress: (learned: number) => void): Chronicle => {
  const all: { name: string; told: Told }[] = [];
  let learned = 0;
  return {
    all,
    get learned() {
      return learned;
    },
    tell: (name) => (told) => {
      all.push({ name, told });
      learned = Math.max(learned, told.learned.events);
      progress(learned);
    },
  };
};

/** What the rounds of a run and the files of its workers say. */
export const summary = (
  { all }: Pick<Chronicle, "all">,
  files: readonly string[],
  events: number,
  heldOut: readonly FlightEvent[],
  hidden = 256,
): Run => {
  const steady = all.filter(
    ({ told }) => told.learned.events >= 0.3 * events && told.learned.events <= 0.85 * events,
  );
  const sum = (of: (told: Told) => number): number => steady.reduce((s, { told }) => s + of(told), 0);
  const shares = {
    learning: sum(({ time }) => time.learning),
    exchange: sum(({ time }) => time.exchange),
    waiting: sum(({ time }) => time.waiting),
    reading: sum(({ time }) => time.reading),
  };
  const total = Object.values(shares).reduce((a, b) => a + b, 0);
  const first = steady.filter(({ name }) => name === steady[0]?.name).map(({ told }) => told);
  const [begin, end] = [first[0], first.at(-1)];
  const last = all.at(-1)!.told;
  const nets = files.map((file) => netIn(file, hidden));
  const bits = nets.map((net) => Buffer.from(net.weights.values.data.slice().buffer).toString("base64"));
  return {
    workers: files.length,
    speed:
      begin && end ? (1000 * (end.learned.events - begin.learned.events)) / (end.at - begin.at) : Number.NaN,
    shares: {
      learning: shares.learning / total,
      exchange: shares.exchange / total,
      waiting: shares.waiting / total,
      reading: shares.reading / total,
    },
    bytes: sum(({ bytes }) => bytes) / steady.length,
    exchange: shares.exchange / steady.length,
    steps: sum(({ steps, members }) => steps / members.length) / steady.length,
    progressive: last.logLoss,
    heldOut: lossOn(nets[0]!, heldOut),
    lost: Math.max(0, events - Math.max(...all.map(({ told }) => told.learned.events))),
    again: Math.max(...all.map(({ told }) => told.learned.again)),
    equal: bits.every((one) => one === bits[0]) && sameInEachRound(all),
  };
};

/** Whether all whose changes are in a round had the same weights behind it; who is not in it may be in the midst of learning. */
const sameInEachRound = (all: Chronicle["all"]): boolean => {
  const weights = new Map<number, string | undefined>();
  return all
    .filter(({ name, told }) => told.members.includes(name))
    .every(({ told }) => {
      if (!weights.has(told.round)) weights.set(told.round, told.weights);
      return weights.get(told.round) === told.weights;
    });
};

/** The model that a worker has written. */
export const netIn = (file: string, hidden = 256): Model => {
  const net = lateness(0, hidden);
  load(net, readFileSync(file));
  return net;
};

/** The log loss on flights that nobody has learned. */
const lossOn = (net: Model, flights: readonly FlightEvent[]): number => {
  const fold = logLoss();
  let state = fold.init();
  for (let i = 0; i < flights.length; i += 1000) {
    const samples = flights.slice(i, i + 1000).map(sampleOf);
    const prediction = net.predict(matrix(samples.map(({ x }) => x)));
    state = fold.step(state, { prediction, target: matrix(samples.map(({ y }) => [y as number])) });
  }
  return fold.read(state);
};
