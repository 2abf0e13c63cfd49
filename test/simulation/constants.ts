import { readFileSync } from "node:fs";
import type { Costs, Site } from "./scenario.ts";

/** What measure.mjs has written: milliseconds of CPU, bytes. */
export interface Measured {
  readonly costs: {
    readonly date: string;
    readonly machine: string;
    readonly together: number;
    readonly steps: readonly {
      readonly weights: number;
      readonly cpu: number;
      readonly tail: readonly number[];
    }[];
    readonly messages: readonly {
      readonly weights: number;
      readonly compress: Compression;
      readonly bytes: number;
      readonly write: number;
      readonly read: number;
      readonly close: number;
      readonly copy: number;
    }[];
    readonly log: readonly {
      readonly size: number;
      readonly p50: number;
      readonly p95: number;
      readonly writer: number;
      readonly reader: number;
      readonly storing: number;
      readonly delivering: number;
    }[];
    readonly events: { readonly read: number; readonly broker: number; readonly learn: number };
  };
  readonly workers: {
    readonly date: string;
    readonly batch: number;
    readonly partitions: number;
    readonly runs: readonly {
      readonly workers: number;
      readonly throughput: number;
      readonly steps: number;
      /** Cores that others used meanwhile. */
      readonly others: number;
    }[];
  };
}

export type Compression = "none" | "int8";

/** In the folder in which the commands run: that of package.json. */
export const measured = (): Measured => JSON.parse(readFileSync("test/simulation/measured.json", "utf8"));

/** y = a + b·x through points, by least squares of relative errors, with a and b of at least 0. */
export const line = (points: readonly (readonly [number, number])[]): readonly [number, number] => {
  let [s, sx, sxx, sy, sxy] = [0, 0, 0, 0, 0];
  for (const [x, y] of points) {
    const w = 1 / Math.max(y, 1e-3) ** 2;
    s += w;
    sx += w * x;
    sxx += w * x * x;
    sy += w * y;
    sxy += w * x * y;
  }
  const b = (s * sxy - sx * sy) / (s * sxx - sx * sx);
  const a = (sy - b * sx) / s;
  if (a < 0) return [0, sxy / sxx];
  return b < 0 ? [sy / s, 0] : [a, b];
};

/** Parts of all steps at the quantiles that are measured: 0.1, 0.5, 0.9, 0.95, 0.99. */
const parts = [0.3, 0.4, 0.2, 0.07, 0.03];
/** The most that a body may have in a server that is told nothing else. */
const maxBody = 2 ** 20 - 2048;
const flightsNetwork = 94_941;

/** The costs of a worker whose model has so many weights; `perMessage` events in a message of the input. */
export const costsOf = (
  { costs }: Measured,
  weights: number,
  compress: Compression,
  perMessage = 1,
): Costs => {
  const { steps, messages, log, events } = costs;
  const [a, b] = line(steps.map(({ weights, cpu }) => [weights, cpu]));
  const rows = messages.filter((row) => row.compress === compress);
  const at = (of: (row: (typeof rows)[number]) => number): number => {
    const [a, b] = line(rows.map((row) => [row.weights, of(row)]));
    return a + b * weights;
  };
  const bytes = at(({ bytes }) => bytes);
  const blob = bytes > maxBody;
  const through = (of: (row: (typeof log)[number]) => number): number => {
    const large = log.at(-1)!;
    if (blob) return (of(large) * bytes) / large.size;
    const [a, b] = line(log.slice(0, -1).map((row) => [row.size, of(row)]));
    return a + b * bytes;
  };
  const flights = steps.find((row) => row.weights === flightsNetwork)!;
  const sample = Math.max(0, events.learn - flights.cpu / 32);
  return {
    step: a + b * weights,
    tail: parts.map((part, i) => [part, Math.min(flights.tail[i]!, 4)]),
    event: sample + events.read / perMessage,
    write: at(({ write }) => write) + through(({ writer }) => writer),
    read: at(({ read }) => read) + through(({ reader }) => reader),
    close: at(({ close }) => close),
    begin: 3 * at(({ copy }) => copy),
    bytes,
    blob,
    snapshot: { bytes: 4 * weights, write: at(({ write }) => write) },
  };
};

/** The spread of latencies: σ of the logarithm, from the median and the 95th percentile of small messages. */
const jitterOf = ({ costs }: Measured): number => {
  const { p50, p95 } = costs.log[0]!;
  return Math.log(p95 / p50) / 1.645;
};

const serverOf = ({ costs }: Measured, perMessage: number): Site["server"] => {
  const inline = costs.log.slice(0, -1);
  const [store, storeByte] = line(inline.map(({ size, storing }) => [size, storing]));
  const sum = (of: (row: (typeof inline)[number]) => number): number =>
    inline.reduce((total, row) => total + of(row), 0);
  const deliver = costs.events.broker; // small messages cost too little to be seen one by one
  const deliverByte = sum(({ delivering }) => delivering) / sum(({ size }) => size);
  const event = costs.events.broker / perMessage;
  return { store, storeByte, deliver, deliverByte, event, eventBytes: 18 + 120 / perMessage };
};

/** All processes on the two cores of the machine that was measured, while others used some of them. */
export const oneMachine = (measured: Measured, others: number): Site => ({
  latency: 0.05,
  jitter: jitterOf(measured),
  serverWire: Number.POSITIVE_INFINITY,
  workerWire: Number.POSITIVE_INFINITY,
  serverCores: 2,
  shared: { cores: 2, together: Math.min(1, measured.costs.together), others },
  server: serverOf(measured, 1),
  straggling: 0.05,
});

/**
 * Each worker and the server on a machine of its own: assumed, 0.5 ms one way (1.1 ms at the 95th
 * percentile) and 10 Gbit a second; the server has 8 cores.
 */
export const dataCentre = (measured: Measured, perMessage = 1): Site => ({
  latency: 0.5,
  jitter: 0.5,
  serverWire: 1.25e6,
  workerWire: 1.25e6,
  serverCores: 8,
  server: serverOf(measured, perMessage),
  straggling: 0.1,
});
