import { load, save } from "rxgrad";
import { map, range } from "rxjs";
import { expect, it } from "vitest";
import { lineOf, pairwise, rowsOfBatch, type Setting, sampleAt, training } from "../nightly/scenarios.mjs";

const batches = 50;

/** Runs a training from a batch to another; gives the bits of its steps, and what it saves at the end. */
const run = (setting: Setting, from: number, to: number, saved?: Uint8Array) => {
  const { net, parts, steps } = training(setting);
  if (saved) expect(load(net, saved, { parts }).position).toBe(from * rowsOfBatch);
  const lines: string[] = [];
  let bytes = new Uint8Array();
  let error: unknown;
  steps(range(from * rowsOfBatch, (to - from) * rowsOfBatch).pipe(map(sampleAt))).subscribe({
    next: (step) => {
      lines.push(lineOf(from + lines.length, step));
      if (lines.length === to - from) bytes = save(net, { parts, position: to * rowsOfBatch });
    },
    error: (thrown) => {
      error = thrown;
    },
  });
  if (error) throw error;
  expect(lines.length).toBe(to - from);
  return { lines, bytes };
};

it.each(pairwise().map((setting, i) => [Object.values(setting).join(", "), setting, i] as const))(
  "save() and load() go on bit by bit: %s",
  (_, setting, i) => {
    const whole = run(setting, 0, batches);
    const stop = 1 + ((i * 7) % (batches - 1));
    const before = run(setting, 0, stop);
    const after = run(setting, stop, batches, before.bytes);
    expect([...before.lines, ...after.lines]).toEqual(whole.lines);
    expect(Buffer.compare(after.bytes, whole.bytes)).toBe(0);
  },
);
