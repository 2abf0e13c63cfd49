import { load, save } from "rxgrad";
import { map, range, take } from "rxjs";
import { expect, it } from "vitest";
import { lineOf, pairwise, rowsOfBatch, type Setting, sampleAt, training } from "../nightly/scenarios.mjs";

const samples = 50 * rowsOfBatch;

/** How far a run has come. */
interface Position {
  readonly taken: number;
  readonly steps: number;
}

/** Runs a training for so many steps, from where it was saved; gives the bits of its steps, and what it saves at the last of them. */
const run = (setting: Setting, count: number, saved?: Uint8Array) => {
  const { net, parts, steps } = training(setting);
  const from = saved ? (load(net, saved, { parts }).position as Position) : { taken: 0, steps: 0 };
  let { taken } = from;
  const samples$ = range(taken, samples - taken).pipe(
    map((i) => {
      taken = i + 1;
      return sampleAt(i);
    }),
  );
  const lines: string[] = [];
  let bytes = new Uint8Array();
  let error: unknown;
  steps(samples$)
    .pipe(take(count))
    .subscribe({
      next: (step) => {
        lines.push(lineOf(from.steps + lines.length, step));
        bytes = save(net, { parts, position: { taken, steps: from.steps + lines.length } });
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
    const whole = run(setting, samples);
    const { length } = whole.lines;
    expect(length).toBeGreaterThan(samples / rowsOfBatch / 2);
    const before = run(setting, 1 + ((i * 7) % (length - 1)));
    const after = run(setting, samples, before.bytes);
    expect([...before.lines, ...after.lines]).toEqual(whole.lines);
    expect(Buffer.compare(after.bytes, whole.bytes)).toBe(0);
  },
);
