import type { LogEntry } from "./updateLog.ts";

/** An entry as the scripts write it; what is written in any other way is a stranger's. */
export const redisLogEntry = (sequence: number, fields: readonly Buffer[]): LogEntry => {
  const [first, writer, second, body, ...more] = fields;
  if (String(first) === "writer" && String(second) === "body" && writer && body && more.length === 0)
    return { sequence, writer: String(writer), body: new Uint8Array(body) };
  return { sequence, writer: "", body: new Uint8Array(0), foreign: true };
};
