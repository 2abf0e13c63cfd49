import { isInvalidInput } from "../math/invalid.ts";
import { digest } from "./digest.ts";
import { type Message, readMessage } from "./message.ts";
import type { RoundsEntry } from "./rounds.ts";
import { currentVersion } from "./snapshots.ts";
import type { LogEntry, UpdateLog } from "./updateLog.ts";

/**
 * What an entry of the log says, from its blob if it is a large one; undefined when the blob has gone because a snapshot goes further.
 * What is no message is said to be none: all who read it must come to the same.
 */
export const readEntry = async (
  actor: string,
  log: UpdateLog,
  entry: LogEntry,
): Promise<RoundsEntry | undefined> => {
  const { sequence, writer, body } = entry;
  const message = attempt(body);
  if (typeof message === "string" || message.kind !== "elsewhere") return { sequence, writer, message };
  const named = /^[0-9a-f]{64}$/.test(message.blob);
  const bytes = named ? await log.getBlob(message.blob) : undefined;
  if (named && !bytes) {
    const version = await currentVersion(actor, log);
    if (version && version.sequence >= sequence) return undefined;
  }
  const whole = bytes && digest(bytes) === message.blob ? attempt(bytes) : "damaged";
  return { sequence, writer, message: whole };
};

const attempt = (bytes: Uint8Array): Message | "damaged" | "version" => {
  try {
    return readMessage(bytes);
  } catch (error) {
    return isInvalidInput(error) && "otherVersion" in error ? "version" : "damaged";
  }
};
