import { JetStreamApiCodes, JetStreamApiError, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { lastValueFrom, tap } from "rxjs";
import { patientNats } from "../adapters/patientNats.ts";
import { progress } from "../adapters/progress.ts";
import type { MergeableFold } from "../folds/mergeable.ts";
import { jetStreamInput } from "../scale/jetStreamInput.ts";
import { learnFrom } from "../scale/learnFrom.ts";
import { natsLog } from "../scale/natsLog.ts";
import type { RoundReport } from "../scale/report.ts";
import type { Sample, SparseSample } from "../streams/sample.ts";
import { exitCodes, failure, isFailure } from "./failure.ts";
import { closed, listening } from "./listening.ts";
import { openModel } from "./openModel.ts";
import { openNats } from "./openNats.ts";
import { print } from "./print.ts";
import { type Cells, readEvent, readTruth } from "./readEvent.ts";
import { cellsOf } from "./reply.ts";
import { teamNet } from "./teamNet.ts";
import type { WorkerOptions } from "./workerOptions.ts";
import { workerServer } from "./workerServer.ts";

/** Learns with others until a signal says that this one is to leave. */
export const teamWork = async (options: WorkerOptions): Promise<void> => {
  const { json = false, quiet = false, subjects, stream, name, target, compress } = options;
  const opened = openModel(options.model);
  const { recipe } = opened;
  const net = teamNet(options.model, opened);
  opened.learner.close();
  const own = { ...recipe, target: { ...recipe.target, name: target ?? recipe.target.name } };
  const left = { unreadable: 0, unlabelled: 0, unknown: 0 };
  const leaving = new AbortController();
  let interrupted = false;
  process.once("SIGTERM", () => leaving.abort());
  process.once("SIGINT", () => {
    interrupted = true;
    leaving.abort();
  });

  const sampleOf = (cells: Cells): Sample | SparseSample | undefined => {
    try {
      const truth = readTruth("event", own, cells);
      if (truth === undefined) left.unlabelled++;
      const sample = truth === undefined ? undefined : net.sample(readEvent("event", recipe, cells), truth);
      if (truth !== undefined && !sample) left.unknown++;
      return sample;
    } catch (error) {
      if (!isFailure(error)) throw error;
      left.unreadable++;
      return undefined;
    }
  };
  const connection = await openNats(options.nats);
  let rounds = 0;
  let last: RoundReport | undefined;
  try {
    await streamThere(connection, options);
    const server =
      options.metricsPort === undefined ? undefined : workerServer(() => ({ rounds, last, left }));
    if (server) {
      const at = await listening(server, options.metricsPort!, options.host);
      if (!quiet && !json) await print(`rxgrad tells of ${name} at ${at}/metrics\n`);
    }
    const input = jetStreamInput<readonly Cells[]>(connection, {
      ...{ stream, subjects, decode: eventsIn, onInvalid: "skip", rejected: () => left.unreadable++ },
    });
    const round$ = learnFrom(input, {
      log: natsLog(connection, { name: options.log }),
      worker: name,
      model: net.model,
      loss: net.loss,
      optimizer: net.optimizer(),
      samples: (events) => events.map(sampleOf).filter((sample) => sample !== undefined),
      statistics: { [`rows of ${net.fingerprint}`]: count },
      onInvalid: "skip",
      every: options.every,
      batch: options.batch,
      staleness: options.staleness,
      workers: options.workers,
      snapshotEvery: options.checkpointEvery,
      timeout: 1000 * options.timeout,
      ...(compress === undefined ? {} : { compress: compress === "int8" ? compress : { topK: 0.01 } }),
      signal: leaving.signal,
    }).pipe(
      tap((round) => {
        rounds++;
        last = round;
        if (json && !quiet) process.stdout.write(`${lineOf(round, left)}\n`);
      }),
    );
    const shown$ = json || quiet ? round$ : round$.pipe(progress({ format: ({ item }) => inWords(item) }));
    await lastValueFrom(shown$, { defaultValue: undefined });
    if (server) await closed(server);
    if (!quiet && !json) await print(`${name} leaves${last ? `: ${inWords(last)}` : ", before any round"}\n`);
    if (interrupted) process.exitCode = exitCodes.interrupted;
  } finally {
    await connection.close();
  }
};

const streamThere = async (
  connection: NatsConnection,
  { stream, subjects, create }: WorkerOptions,
): Promise<void> => {
  try {
    const manager = await jetstreamManager(connection);
    await manager.streams.info(stream).catch(async (error: unknown) => {
      if (!create || !isNotFound(error)) throw error;
      await patientNats(connection, () => manager.streams.add({ name: stream, subjects: [...subjects] }));
    });
  } catch (error) {
    if (!(error instanceof JetStreamApiError)) throw error;
    const hint = isNotFound(error) ? "; --create makes it" : "";
    throw failure(`the stream ${stream} cannot be read: ${error.message}${hint}`, { cause: error });
  }
};

const isNotFound = (error: unknown): boolean =>
  error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;

/** A message is an event, or a list of events. */
const eventsIn = (bytes: Uint8Array): readonly Cells[] => {
  const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  return Array.isArray(value) ? value.map((one) => cellsOf(one)) : [cellsOf(value)];
};

/** How many events were learned or left out, by all workers. */
const count: MergeableFold<readonly Cells[], number, number> = {
  init: () => 0,
  step: (n, events) => n + events.length,
  read: (n) => n,
  merge: (a, b) => a + b,
};

const rowsIn = ({ shared }: RoundReport): number => Object.values(shared)[0] as number;

const lineOf = (report: RoundReport, left: Readonly<Record<string, number>>): string => {
  const { shared: _, ...round } = report;
  return JSON.stringify({ ...round, rows: rowsIn(report), left });
};

const inWords = (report: RoundReport): string =>
  `round ${report.round}  ${rowsIn(report)} rows  ${report.members.length} workers  loss ${report.loss.toFixed(4)}`;
