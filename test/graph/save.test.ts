import { load, save } from "rxgrad";
import { map, range } from "rxjs";
import { expect, it } from "vitest";
import { lineOf, pairwise, rowsOfBatch, type Setting, sampleAt, training } from "../nightly/scenarios.mjs";

const batches = 50;

/** Runs a training from a batch to another; gives the bits of its steps, and what it saves at the last of them. */
const run = (setting: Setting, to: number, saved?: Uint8Array) => {
  const { net, parts, steps } = training(setting);
  const from = saved ? (load(net, saved, { parts }).position as number) : 0;
  let taken = from;
  const samples$ = range(from, to * rowsOfBatch - from).pipe(
    map((i) => {
      taken = i + 1;
      return sampleAt(i);
    }),
  );
  const lines: string[] = [];
  let bytes = new Uint8Array();
  let error: unknown;
  steps(samples$).subscribe({
    next: (step) => {
      lines.push(lineOf(taken / rowsOfBatch - 1, step)); // a guard may refuse a batch, which then makes no step
      bytes = save(net, { parts, position: taken });
    },
    error: (thrown) => {
      error = thrown;
    },
  });
  if (error) throw error;
  return { lines, bytes };
};

it.each(pairwise().map((setting, i) => [Object.values(setting).join(", "), setting, i] as const))(
  "save() and load() go on bit by bit: %s",
  (_, setting, i) => {
    const whole = run(setting, batches);
    expect(whole.lines.length).toBeGreaterThan(batches / 2);
    const before = run(setting, 1 + ((i * 7) % (batches - 1)));
    const after = run(setting, batches, before.bytes);
    expect([...before.lines, ...after.lines]).toEqual(whole.lines);
    expect(Buffer.compare(after.bytes, whole.bytes)).toBe(0);
  },
);
