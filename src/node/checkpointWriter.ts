import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
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

/** One write at a time, of which the latest wins; older files than the last `keep` go, once a newer one is on the disk. */
export const checkpointWriter = ({
  dir,
  keep,
  written,
  failed,
}: CheckpointWriterOptions): CheckpointWriter => {
  let next: number | undefined;
  let waiting: { readonly bytes: Uint8Array; readonly position: unknown } | undefined;
  let working: Promise<void> | undefined;

  /** Continues the numbers of the folder, and clears away what was cut off. */
  const firstNumber = async (): Promise<number> => {
    await mkdir(dir, { recursive: true });
    const entries = await readdir(dir, { withFileTypes: true });
    const [newest = 0] = checkpointNumbers(entries);
    for (const { name } of entries)
      if (name.startsWith("checkpoint-") && name.endsWith(temporarySuffix))
        await rm(join(dir, name), { force: true });
    return newest + 1;
  };
  const prune = async (): Promise<void> => {
    const numbers = checkpointNumbers(await readdir(dir, { withFileTypes: true }));
    for (const number of numbers.slice(keep)) await rm(join(dir, checkpointName(number)), { force: true });
  };
  const work = async (): Promise<void> => {
    for (let job = waiting; job; job = waiting) {
      waiting = undefined;
      try {
        next ??= await firstNumber();
        const name = checkpointName(next++);
        await writeAtomically(dir, name, job.bytes);
        written({ path: join(dir, name), position: job.position });
        await prune();
      } catch (error) {
        failed(error as Error);
      }
    }
  };
  return {
    write: (bytes, position) => {
      waiting = { bytes, position };
      working ??= work().finally(() => {
        working = undefined;
      });
    },
    idle: async () => working,
  };
};
