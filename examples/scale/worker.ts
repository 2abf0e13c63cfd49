import { writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { parseArgs } from "node:util";
import { crc32 } from "node:zlib";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { logLoss, type Model, save } from "rxgrad";
import { jetStreamInput, natsLog } from "rxgrad/nats";
import { type Compress, learnFrom } from "rxgrad/scale";
import { whenMain } from "../whenMain.ts";
import { decodeFlights, type FlightEvent } from "./flightEvent.ts";
import { lateness, loss, optimizer, sampleOf } from "./lateness.ts";
import { type LearnedIds, learnedIds } from "./learnedIds.ts";

export interface WorkerOptions {
  /** Of this worker, and of the log in which the workers agree. */
  readonly name: string;
  readonly log: string;
  readonly stream: string;
  readonly subjects: readonly string[];
  readonly workers: number;
  readonly timeout?: number;
  readonly compress?: Compress;
  /** Says that it is to leave. */
  readonly signal?: AbortSignal;
}

/** Learns which flights are late, together with all who do this on the same stream and log. */
export const learnFlights = (connection: NatsConnection, net: Model, options: WorkerOptions) => {
  const { name, log, stream, subjects, ...others } = options;
  const input = jetStreamInput<readonly FlightEvent[]>(connection, {
    stream,
    subjects,
    decode: decodeFlights,
  });
  return learnFrom(input, {
    log: natsLog(connection, { name: log }),
    worker: name,
    model: net,
    loss,
    optimizer: optimizer(),
    every: "auto",
    outer: { rate: 0.7, momentum: 0.8 }, // of those tried, the nearest to one learner
    samples: (flights) => flights.map(sampleOf),
    statistics: { learned: learnedIds() },
    metrics: { logLoss: logLoss() },
    ...others,
  });
};

/** `node worker.js --nats 127.0.0.1:4222 --stream flights --subjects flights.0,flights.1 --workers 2` */
whenMain(import.meta.url, async () => {
  const { values } = parseArgs({
    options: {
      nats: { type: "string", default: "127.0.0.1:4222" },
      stream: { type: "string", default: "flights" },
      subjects: { type: "string", default: "flights.0,flights.1,flights.2,flights.3" },
      log: { type: "string", default: "lateness" },
      name: { type: "string", default: hostname() },
      workers: { type: "string", default: "1" },
      timeout: { type: "string", default: "10000" },
      seed: { type: "string", default: "1" },
      hidden: { type: "string", default: "256" },
      until: { type: "string", default: "Infinity" },
      compress: { type: "string" },
      out: { type: "string", default: "lateness.safetensors" },
    },
  });
  const connection = await connect({
    servers: values.nats,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 100,
    waitOnFirstConnect: true,
  });
  const net = lateness(Number(values.seed), Number(values.hidden));
  const leaving = new AbortController();
  process.once("SIGTERM", () => leaving.abort());
  learnFlights(connection, net, {
    name: values.name,
    log: values.log,
    stream: values.stream,
    subjects: values.subjects.split(","),
    workers: Number(values.workers),
    timeout: Number(values.timeout),
    ...(values.compress === "int8" ? { compress: "int8" } : {}),
    signal: leaving.signal,
  }).subscribe({
    next: ({ shared, ...round }) => {
      const { learned, logLoss } = shared as { learned: LearnedIds; logLoss: number };
      const weights = crc32(net.weights.values.data).toString(16);
      console.log(JSON.stringify({ at: Date.now(), ...round, learned, logLoss, weights }));
      if (learned.events >= Number(values.until)) leaving.abort();
    },
    error: (error: Error) => {
      console.error(error.message);
      process.exit(1);
    },
    complete: async () => {
      writeFileSync(values.out, save(net));
      await connection.drain();
    },
  });
});
