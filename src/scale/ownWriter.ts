import { randomUUID } from "node:crypto";
import { digest } from "./digest.ts";
import { type Message, writeMessage } from "./message.ts";
import type { UpdateLog } from "./updateLog.ts";

/** A worker's hand in the log. */
export interface OwnWriter {
  /** Writes a message, a large one into a blob, and answers its sequence; `sized` is told of its bytes first. @throws SequenceConflict when somebody else writes in this name. */
  write(message: Message, sized?: (bytes: number) => void): Promise<number>;
  /** Looks again what was written last in this name. */
  renew(): Promise<void>;
  /** Deletes its blobs of messages up to a sequence. */
  tidy(sequence: number): Promise<void>;
  readonly untidy: boolean;
}

/** Goes on behind what was written last in a name. Ids are this process's own, so that no other's message is taken for its own. */
export const ownWriter = async (log: UpdateLog, worker: string): Promise<OwnWriter> => {
  const id = randomUUID();
  let expected = await log.lastOf(worker);
  let count = 0;
  let large: { readonly sequence: number; readonly blob: string }[] = [];
  return {
    write: async (message, sized) => {
      const whole = writeMessage(message);
      sized?.(whole.length);
      const blob = whole.length > log.maxBody ? digest(whole) : undefined;
      if (blob) await log.putBlob(blob, whole);
      const body = blob ? writeMessage({ kind: "elsewhere", blob }) : whole;
      expected = await log.append(worker, body, { expected, id: `${id}-${count++}` });
      if (blob) large.push({ sequence: expected, blob });
      return expected;
    },
    renew: async () => {
      expected = await log.lastOf(worker);
    },
    tidy: async (sequence) => {
      const gone = large.filter((one) => one.sequence <= sequence);
      large = large.filter((one) => one.sequence > sequence);
      for (const { blob } of gone) await log.deleteBlob(blob);
    },
    get untidy() {
      return large.length > 0;
    },
  };
};
