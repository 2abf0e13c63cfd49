import { mkdir, readdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { blame, fault } from "../math/invalid.ts";
import { checkpointName, checkpointNumbers } from "./checkpointNumbers.ts";
import { temporarySuffix, writeAtomically } from "./writeAtomically.ts";

/** A checkpoint that is on the disk. */
export interface Written {
  readonly path: string;
  readonly position: unknown;
}

export interface CheckpointWriterOptions {
  readonly dir: string;
  readonly keep: number;
  /** These two must not throw. */
  readonly written: (checkpoint: Written) => void;
  readonly failed: (error: Error) => void;
}

/** Writes checkpoints in the background. */
export interface CheckpointWriter {
  /** Has it written after the one in flight, instead of any other that waits for that. */
  write(bytes: Uint8Array, position: unknown): void;
  /** Resolves when nothing is in flight and nothing waits. */
  idle(): Promise<void>;
}

/**
 * Who wrote into a folder last, and when that is done. Writers of one process take turns: one whose subscription ended with an
 * error may still be at it when that is subscribed to again, and both would give one number to two files.
 */
const folders = new Map<string, { readonly writer: object; readonly done: Promise<void> }>();

/** One write at a time, of which the latest wins; older files than the last `keep` go, once a newer one is on the disk. */
export const checkpointWriter = ({
  dir,
  keep,
  written,
  failed,
}: CheckpointWriterOptions): CheckpointWriter => {
  let next = 1;
  let ready = false;
  let waiting: { readonly bytes: Uint8Array; readonly position: unknown } | undefined;
  let working: Promise<void> | undefined;

  /**
   * Continues the numbers of the folder, and clears away what was cut off. Done again after a failure: the folder may be gone, or
   * be another one, and a number that is never lower than those before is the newest wherever it lands.
   */
  const prepare = async (): Promise<void> => {
    await mkdir(dir, { recursive: true });
    const entries = await readdir(dir, { withFileTypes: true });
    const [newest = 0] = checkpointNumbers(entries);
    for (const { name } of entries)
      if (name.startsWith("checkpoint-") && name.endsWith(temporarySuffix))
        await rm(join(dir, name), { force: true });
    next = Math.max(next, newest + 1);
    ready = true;
  };
  const prune = async (): Promise<void> => {
    const numbers = checkpointNumbers(await readdir(dir, { withFileTypes: true }));
    for (const number of numbers.slice(keep)) await rm(join(dir, checkpointName(number)), { force: true });
  };
  const work = async (): Promise<void> => {
    for (let job = waiting; job; job = waiting) {
      waiting = undefined;
      let path = dir;
      try {
        if (!ready) await prepare();
        if (!Number.isSafeInteger(next))
          throw fault("checkpoint()", "a number to go on with", checkpointName(next - 1));
        const name = checkpointName(next++);
        path = join(dir, name);
        await writeAtomically(dir, name, job.bytes);
      } catch (error) {
        ready = false;
        failed(blame(`checkpoint() could not write ${path}`, error));
        continue;
      }
      await prune().catch((error) => failed(blame(`checkpoint() could not clear up ${dir}`, error)));
      written({ path, position: job.position });
    }
    working = undefined; // here, and not a turn later: a copy that comes then would wait for nobody
  };
  const begin = (): Promise<void> => {
    const folder = resolve(dir);
    const before = folders.get(folder);
    const other = before?.writer !== writer;
    if (other) ready = false; // their numbers are taken
    const done = before && other ? before.done.then(work) : work();
    folders.set(folder, { writer, done });
    return done;
  };
  const writer: CheckpointWriter = {
    write: (bytes, position) => {
      waiting = { bytes, position };
      working ??= begin();
    },
    idle: async () => working,
  };
  return writer;
};
