import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { from, lastValueFrom, type OperatorFunction } from "rxjs";
import { expect } from "vitest";
import type { LedgerPosition } from "../../src/adapters/ledgerPosition.ts";
import { random } from "../../src/math/random.ts";
import { type Resumed, resume } from "../../src/node/resume.ts";
import type { Sample } from "../../src/streams/sample.ts";
import type { OwnServer } from "../support/ownServer.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const events = 12_800; // 400 batches of 32, 20 checkpoints
const kills = 8;

/** How many events a checkpoint has learned from. */
const countOf = (saved: Resumed | undefined): number =>
  (saved?.position as LedgerPosition | undefined)?.count ?? 0;

/**
 * Runs an example as a process that learns from a broker while its events come, kills it at random moments, and the server once;
 * and once more without interruption. Both must come to the same bytes: of weights, optimizer, and position.
 */
export const killedLearner = async (
  example: string,
  argument: string,
  server: Pick<OwnServer, "kill" | "restart">,
  store: OperatorFunction<Sample, unknown>,
): Promise<void> => {
  mkdirSync(join(root, "out"), { recursive: true });
  const folder = mkdtempSync(join(root, "out", "killed-"));
  const program = join(folder, "program.mjs");
  const entry = join(root, "examples/brokers", example);
  await build({
    entryPoints: [entry],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "silent",
  });
  const running = new Set<ChildProcess>();
  const start = (dir: string): ChildProcess => {
    const child = spawn(process.execPath, [program, argument, dir], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    running.add(child);
    return child;
  };
  const kill = async (child: ChildProcess): Promise<void> => {
    running.delete(child);
    if (child.exitCode !== null) throw new Error(`The learner ended by itself, with ${child.exitCode}`);
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  };
  const reaches = async (dir: string, count: number): Promise<Resumed> => {
    for (;;) {
      const saved = resume(dir);
      if (saved && countOf(saved) >= count) return saved;
      await wait(5);
    }
  };
  try {
    const rng = random(7);
    const samples = Array.from({ length: events }, (): Sample => {
      const x = [rng.normal(), rng.normal()];
      return { x, y: Math.sin(x[0]!) * x[1]! };
    });
    const [killed, whole] = ["killed", "whole"].map((name) => join(folder, name)) as [string, string];
    for (const dir of [killed, whole]) mkdirSync(dir);
    let child = start(killed);
    let reached = 0;
    for (let i = 0; i < kills; i++) {
      const part = samples.slice((i * events) / kills, ((i + 1) * events) / kills);
      const storing = lastValueFrom(from(part).pipe(store));
      if (i % 2 === 0)
        await wait(rng.uniform() * 700); // also while it starts
      else await reaches(killed, reached + rng.uniform() * part.length);
      if (i === kills / 2) {
        await server.kill();
        await server.restart();
      }
      await kill(child);
      reached = countOf(resume(killed));
      child = start(killed);
      await storing;
    }
    const interrupted = await reaches(killed, events);
    await kill(child);
    const other = start(whole);
    const uninterrupted = await reaches(whole, events);
    await kill(other);
    expect(interrupted.position).toEqual(uninterrupted.position);
    expect(Buffer.compare(interrupted.bytes, uninterrupted.bytes)).toBe(0);
  } finally {
    for (const child of running) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
};
