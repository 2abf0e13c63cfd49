import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { Presets, SingleBar } from "cli-progress";
import { natsLog } from "rxgrad/nats";
import { versions } from "rxgrad/scale";
import { firstValueFrom } from "rxjs";
import { broker } from "./broker.ts";
import { lateness } from "./lateness.ts";
import { netIn, type Run } from "./measure.ts";
import { help, type Options, optionsOf } from "./options.ts";
import { flightEvents } from "./parts.ts";
import { runAlone, runWorkers, type Setting } from "./speed.ts";
import { survive } from "./survival.ts";
import { speedTable } from "./table.ts";

const perMessage = 32;

const run = async (options: Options): Promise<boolean> => {
  const { events, seed, repeat, kills, serverKills } = options;
  const folder = mkdtempSync(join(tmpdir(), "rxgrad-scale-"));
  const end = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", end);
  const { learned, heldOut } = await flightEvents(events, 20_000, seed);
  const server = await broker(perMessage);
  /** Shows how far it is, on a terminal. */
  const shown = async <T>(
    what: string,
    total: number,
    work: (setting: Setting) => Promise<T>,
  ): Promise<T> => {
    const bar = process.stderr.isTTY
      ? new SingleBar({ format: `${what} {bar} {value} events` }, Presets.shades_classic)
      : undefined;
    bar?.start(total, 0);
    try {
      return await work({ folder, seed, events, heldOut, progress: (n) => bar?.update(n) });
    } finally {
      bar?.stop();
    }
  };
  try {
    await server.publish(learned);
    const { weights } = lateness(seed);
    console.log(
      `${events} flights in messages of ${perMessage}, a network of ${weights.values.data.length} weights, batches of 32, ${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.version}\n`,
    );
    const alone: Run[] = [];
    const runs = new Map<number, Run[]>(options.workers.map((n) => [n, []]));
    for (let i = 0; i < repeat; i++) {
      alone.push(await shown("alone", events, runAlone));
      for (const [n, own] of runs)
        own.push(await shown(`${n} workers`, events, (to) => runWorkers(server, to, n, `speed-${n}-${i}`)));
    }
    const all = [...runs.values()];
    console.log(`${speedTable(medianOf(alone), all.map(medianOf))}\n`);
    const sound = all.flat().map(isSound);
    if (sound.includes(false)) console.log("A PROMISE WAS BROKEN while speed was measured.\n");
    if (kills > 0) {
      const workers = Math.max(...options.workers);
      const flown = await broker(perMessage);
      try {
        const plan = { kills, serverKills, workers, flights: learned };
        const survived = await shown("kills", events, (setting) => survive(flown, setting, plan));
        sound.push(isSound(survived));
        const { lost, again, equal } = survived;
        console.log(
          `${workers} workers, of which ${survived.kills} were killed, and the server ${survived.serverKills} times: of ${survived.events} events ${lost} were lost and ${again} learned twice; ${equal ? "all came to the same bits, in each round" : "A PROMISE WAS BROKEN: they came to different weights"}.\n`,
        );
      } finally {
        await flown.stop();
      }
    }
    const hidden = 960;
    const million = await shown("compressed", events, (setting) =>
      runWorkers(
        server,
        { ...setting, events: Math.min(events, 40_000), hidden, compress: "int8" },
        2,
        "million",
      ),
    );
    sound.push(isSound(million));
    const net = lateness(seed, hidden);
    const count = net.weights.values.data.length;
    const log = natsLog(server.connection, { name: "million" });
    const { hash } = await firstValueFrom(
      versions(log, netIn(join(folder, "million-worker-0.safetensors"), hidden)),
    );
    const snapshot = (await log.getBlob(hash))!.length;
    console.log(
      `${count} weights in int8: ${(million.bytes / count).toFixed(3)} bytes a weight, round and worker, and ${million.exchange.toFixed(0)} ms of exchange, every ${Math.round(million.steps)} steps; a snapshot of ${(snapshot / count).toFixed(2)} bytes a weight every 16 rounds.${isSound(million) ? "" : " A PROMISE WAS BROKEN."}`,
    );
    return sound.every(Boolean);
  } finally {
    await server.stop();
    process.off("exit", end);
    end();
  }
};

const isSound = ({ lost, again, equal }: Run): boolean => lost === 0 && again === 0 && equal;

/** The run of median speed; it must not hide another that was not sound. */
const medianOf = (runs: readonly Run[]): Run =>
  [...runs].sort((a, b) => a.speed - b.speed)[Math.floor((runs.length - 1) / 2)]!;

const main = async (options: Options): Promise<void> => {
  process.once("SIGINT", () => process.exit(130)); // takes what it has started along
  process.once("SIGTERM", () => process.exit(143));
  setTimeout(() => {
    console.error(`It has taken more than ${options.limit} minutes.`);
    process.exit(1);
  }, 60_000 * options.limit).unref();
  try {
    if (!(await run(options))) process.exitCode = 1;
  } catch (error) {
    console.error(error);
    process.exit(1);
  }
};

try {
  const options = optionsOf(process.argv.slice(2));
  if (options) await main(options);
  else console.log(help);
} catch (error) {
  console.error(`${(error as Error).message}\n\n${help}`);
  process.exitCode = 2;
}
