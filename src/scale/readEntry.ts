import { fault, isInvalidInput } from "../math/invalid.ts";
import { digest } from "./digest.ts";
import { type Message, readMessage } from "./message.ts";
import type { RoundsEntry } from "./rounds.ts";
import { currentVersion } from "./snapshots.ts";
import type { LogEntry, UpdateLog } from "./updateLog.ts";

/**
 * What an entry of the log says, from its blob if it is a large one; undefined when the blob has gone because a snapshot goes further.
 * What is no message is said to be none: all who read it must come to the same.
 * @throws Error for a blob that is not what was written: others may have read it before, so nobody may go on without it.
 */
export const readEntry = async (
  actor: string,
  log: UpdateLog,
  entry: LogEntry,
): Promise<RoundsEntry | undefined> => {
  const { sequence, writer, body, foreign } = entry;
  if (foreign) return { sequence, writer, message: "foreign" };
  const message = attempt(body);
  if (typeof message === "string" || message.kind !== "elsewhere") return { sequence, writer, message };
  const { blob } = message;
  if (!/^[0-9a-f]{64}$/.test(blob)) return { sequence, writer, message: "damaged" };
  const bytes = await log.getBlob(blob);
  if (bytes && digest(bytes) === blob) return { sequence, writer, message: attempt(bytes) };
  const version = await currentVersion(actor, log);
  if (version && version.sequence >= sequence) return undefined;
  throw fault(actor, `a blob ${blob} for entry ${sequence}`, bytes ? "another one" : "none");
};

const attempt = (bytes: Uint8Array): Message | "damaged" | "version" => {
  try {
    return readMessage(bytes);
  } catch (error) {
    return isInvalidInput(error) && "otherVersion" in error ? "version" : "damaged";
  }
};
