import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { readSaved, type SavedLimits } from "../formats/readSaved.ts";
import { fault, invalid, isInvalidInput } from "../math/invalid.ts";
import { checkpointName, checkpointNumbers } from "./checkpointNumbers.ts";

/** The newest checkpoint of a folder: its bytes are for `load`. */
export interface Resumed {
  readonly bytes: Uint8Array;
  /** How far the source had been learned from. */
  readonly position: unknown;
  readonly path: string;
  /** Why newer files than this one were passed over; empty, unless a disk or somebody has damaged them. */
  readonly ignored: readonly string[];
}

const actor = "resume()";

/**
 * Finds the newest whole checkpoint in a folder; undefined when there is none. A file that was being written when the process
 * ended does not count.
 * @throws Error when there are files, but none is whole: it would be wrong to begin anew in silence.
 * @example
 * const saved = resume("checkpoints");
 * if (saved) load(net, saved.bytes, { parts });
 */
export const resume = (dir: string, limits: SavedLimits = {}): Resumed | undefined => {
  const ignored: string[] = [];
  for (const number of checkpointNumbers(entriesOf(dir))) {
    const path = join(dir, checkpointName(number));
    try {
      const { maxBytes = 2 ** 30 } = limits;
      const { size } = statSync(path);
      if (size > maxBytes) throw invalid(actor, `at most ${maxBytes} bytes`, String(size));
      const bytes = readFileSync(path);
      const { position } = readSaved(actor, bytes, limits);
      return { bytes, position, path, ignored };
    } catch (error) {
      if (!isInvalidInput(error)) throw error;
      ignored.push(`${path}: ${error.message}`);
    }
  }
  if (ignored.length > 0) throw fault(actor, `a whole checkpoint in ${dir}`, ignored.join("; "));
  return undefined;
};

const entriesOf = (dir: string) => {
  try {
    return readdirSync(dir, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
};
