import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { Command } from "commander";
import { resume } from "../node/resume.ts";
import { exitCodes, failure, misuse } from "./failure.ts";
import { keeping } from "./keeping.ts";
import { closed, listening } from "./listening.ts";
import { type OpenModel, openModel } from "./openModel.ts";
import { plainError } from "./plainError.ts";
import { print } from "./print.ts";
import type { ServeOptions } from "./serveOptions.ts";
import { nothingWaits, service, type Waiting } from "./service.ts";
import { serviceServer } from "./serviceServer.ts";
import { wholeArgument } from "./tableOptions.ts";

/** `rxgrad serve`: a model that answers over HTTP, and learns from the labels that come. */
export const serve = (): Command =>
  new Command("serve")
    .description("Serve a model over HTTP: it answers events, and learns when their labels come.")
    .argument("<model>", "a file that rxgrad train has written")
    .option("--port <n>", "0 finds a free one", wholeArgument(0, 65_535), 8080)
    .option("--host <address>", "others than this machine are let in by 0.0.0.0", "127.0.0.1")
    .option("--checkpoint <folder>", "keeps what is learned, and goes on from there")
    .option("--every <n>", "events from one checkpoint to the next", wholeArgument(1), 1000)
    .option("--key <column>", "names an event, in place of an id; labels then say key")
    .option("--ttl <seconds>", "that a prediction waits for its label", wholeArgument(1), 86_400)
    .option("--waiting <n>", "predictions that may wait", wholeArgument(1), 100_000)
    .option("--nats <url>", "answers with what workers learn there, and learns nothing itself")
    .option("--log <name>", "of these workers", "rxgrad")
    .action(async (file: string, options: ServeOptions) => {
      const { nats } = options;
      if (nats !== undefined) {
        if (options.checkpoint !== undefined)
          throw misuse("--checkpoint is of no use with --nats, where workers keep what they learn");
        const { serveVersions } = await import("./serveVersions.ts");
        return serveVersions(file, { ...options, nats }, randomUUID);
      }
      const { host, port, checkpoint: dir } = options;
      const waiting = nothingWaits();
      const model = opened(file, dir, waiting);
      const served = service(
        model,
        {
          ...(options.key === undefined ? {} : { key: options.key }),
          ttl: 1000 * options.ttl,
          maxWaiting: options.waiting,
          now: Date.now,
          newId: randomUUID,
        },
        waiting,
      );
      const kept = keeping(model, waiting, options);
      const server = serviceServer(served, {
        loopback: ["127.0.0.1", "::1", "localhost"].includes(host),
        health: () => ({
          status: kept.problem() === null ? "ok" : "degraded",
          ...served.counts(),
          ...kept.state(),
        }),
        changed: kept.changed,
        failed: (error) => process.stderr.write(`rxgrad: ${plainError(error)}\n`),
      });
      const at = await listening(server, port, host);
      const keeps = dir === undefined ? "in memory alone; --checkpoint keeps it" : `and keeps it in ${dir}`;
      await print(
        `rxgrad serves ${file} at ${at}\nIt has learned ${model.learned.rows} rows, learns ${keeps}.\n`,
      );
      const signal = await Promise.race(
        ["SIGINT", "SIGTERM"].map(async (name) => once(process, name).then(() => name)),
      );
      await closed(server);
      await kept.close();
      model.learner.close();
      if (signal === "SIGINT") process.exitCode = exitCodes.interrupted;
    });

/** The newest checkpoint of a folder, or else the file. */
const opened = (file: string, dir: string | undefined, waiting: Waiting): OpenModel => {
  const model = openModel(file);
  const saved = dir === undefined ? undefined : resume(dir);
  if (!saved) return model;
  const newer = openModel(saved.path, saved.bytes, { waiting });
  if (JSON.stringify(newer.recipe) !== JSON.stringify(model.recipe))
    throw failure(`${dir} holds checkpoints of another model than ${file}; give it a folder of its own`);
  model.learner.close();
  return newer;
};
