import { filter, firstValueFrom, fromEvent, merge, take, takeUntil, tap } from "rxjs";
import { natsLog } from "../scale/natsLog.ts";
import { type Version, versions } from "../scale/versions.ts";
import { exitCodes, failure } from "./failure.ts";
import { closed, listening } from "./listening.ts";
import { openModel } from "./openModel.ts";
import { openNats } from "./openNats.ts";
import { plainError } from "./plainError.ts";
import { print } from "./print.ts";
import type { Reply } from "./reply.ts";
import type { ServeOptions } from "./serveOptions.ts";
import { nothingWaits, service } from "./service.ts";
import { serviceServer } from "./serviceServer.ts";
import { teamNet } from "./teamNet.ts";

/** Answers with the newest version that workers have published; they learn, and this does not. */
export const serveVersions = async (
  file: string,
  options: ServeOptions & { readonly nats: string },
  newId: () => string,
): Promise<void> => {
  const model = openModel(file);
  const net = teamNet(file, model);
  const learned = { rows: 0 };
  const learner = { ...model.learner, predict: net.predict, labels: net.labels };
  const waiting = nothingWaits();
  const bounds = { ttl: 1, maxWaiting: 1, now: Date.now, newId };
  const served = service({ ...model, learner, learned }, bounds, waiting);
  const refused = (): Reply => ({
    status: 409,
    body: { error: "workers learn this model, from their stream" },
  });
  let version: Version | undefined;
  let problem: string | undefined;
  const server = serviceServer(
    { ...served, label: refused, learn: refused },
    {
      loopback: ["127.0.0.1", "::1", "localhost"].includes(options.host),
      health: () => ({
        status: problem === undefined ? "ok" : "degraded",
        round: version?.round ?? null,
        version: version?.hash ?? null,
        learned: learned.rows,
        ...(problem === undefined ? {} : { problem }),
      }),
      changed: () => {},
      failed: (error) => process.stderr.write(`rxgrad: ${plainError(error)}\n`),
    },
  );
  const connection = await openNats(options.nats);
  const signal$ = merge(...["SIGINT", "SIGTERM"].map((name) => fromEvent(process, name, () => name))).pipe(
    take(1),
  );
  const ending = firstValueFrom(signal$);
  const fail = (error: Error): void => {
    problem = plainError(failure(error.message));
    process.stderr.write(`rxgrad: ${problem}\n`);
  };
  versions(natsLog(connection, { name: options.log }), net.model, {
    rejected: (_, reason) => fail(reason), // what serves goes on serving
  })
    .pipe(
      filter(({ hash }) => hash !== version?.hash || problem !== undefined),
      takeUntil(signal$),
      tap((one) => {
        version = one;
        problem = undefined;
        learned.rows = one.samples;
      }),
    )
    .subscribe({ error: fail });
  try {
    const at = await listening(server, options.port, options.host);
    await print(`rxgrad serves what workers learn in ${options.log} at ${at}\n`);
    if ((await ending) === "SIGINT") process.exitCode = exitCodes.interrupted;
    await closed(server);
  } finally {
    await connection.close();
    model.learner.close();
  }
};
