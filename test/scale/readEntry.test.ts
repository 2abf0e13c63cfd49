import { expect, it } from "vitest";
import { digest } from "../../src/scale/digest.ts";
import { memoryLog } from "../../src/scale/memoryLog.ts";
import { writeMessage } from "../../src/scale/message.ts";
import { readEntry } from "../../src/scale/readEntry.ts";
import { versionPointer } from "../../src/scale/snapshots.ts";

const message = { kind: "join", plan: "chain()" } as const;
const whole = writeMessage(message);
const blob = digest(whole);
const elsewhere = { sequence: 5, writer: "a", body: writeMessage({ kind: "elsewhere", blob }) };

it("readEntry() reads a message from its blob, and never what a stranger wrote", async () => {
  const log = memoryLog();
  await log.putBlob(blob, whole);
  const read = { sequence: 5, writer: "a", message };
  expect(await readEntry("test", log, elsewhere)).toEqual(read);
  expect(await readEntry("test", log, { ...elsewhere, body: whole })).toEqual(read);
  expect(await readEntry("test", log, { ...elsewhere, body: whole, foreign: true })).toEqual({
    ...read,
    message: "foreign",
  });
});

it("readEntry() calls what is no message, or names no blob, damaged", async () => {
  const bodies = [new Uint8Array(0), whole.slice(0, -1), writeMessage({ kind: "elsewhere", blob: "../x" })];
  for (const body of bodies)
    expect((await readEntry("test", memoryLog(), { ...elsewhere, body }))?.message).toBe("damaged");
});

it("readEntry() stops at a blob that is not what was written, since others may have read it before", async () => {
  const log = memoryLog();
  await expect(readEntry("test", log, elsewhere)).rejects.toThrow(`a blob ${blob} for entry 5, got none`);
  await log.putBlob(blob, whole.subarray(1));
  await expect(readEntry("test", log, elsewhere)).rejects.toThrow(
    `a blob ${blob} for entry 5, got another one`,
  );
  await log.setPointer(versionPointer, JSON.stringify({ hash: blob, sequence: 5, round: 1 }), 0);
  expect(await readEntry("test", log, elsewhere)).toBeUndefined(); // a snapshot goes further
});
